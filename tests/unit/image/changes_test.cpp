// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <berth/error.hpp>
#include <dockerfile/parser.hpp>
#include <image/changes.hpp>
#include <image/config_step.hpp>

namespace berth::image {

namespace {

using Words = std::vector<std::string>;

spec::ImageConfig after(const std::vector<std::string>& changes) {
    spec::ImageConfig config;
    config.env = {"PATH=/bin", "A=1"};
    for (const auto& change : changes)
        apply_change(config, change);
    return config;
}

TEST(Changes, CommandsAreListsOrLinesForAShell) {
    EXPECT_EQ(after({R"(CMD ["sleep", "5"])"}).cmd, (Words{"sleep", "5"}));
    EXPECT_EQ(after({"cmd echo $A | cat"}).cmd, (Words{"/bin/sh", "-c", "echo $A | cat"}));
    EXPECT_EQ(after({"CMD [ -e /x ]"}).cmd, (Words{"/bin/sh", "-c", "[ -e /x ]"}));
    EXPECT_EQ(after({R"(ENTRYPOINT ["/init"])", "ENTRYPOINT []"}).entrypoint, Words{});
    EXPECT_EQ(after({"CMD x", "CMD"}).cmd, Words{});
}

TEST(Changes, EnvironmentIsReplacedAndAdded) {
    EXPECT_EQ(after({R"(ENV A=2 B="three four" C=5\ 6)"}).env,
              (Words{"PATH=/bin", "A=2", "B=three four", "C=5 6"}));
    EXPECT_EQ(after({"ENV NAME the whole rest"}).env,
              (Words{"PATH=/bin", "A=1", "NAME=the whole rest"}));
}

TEST(Changes, OtherWordsSetTheirMembers) {
    const auto config = after({"LABEL a=b \"c d\"=e", "EXPOSE 80 53/udp 8000-8002", "USER 1:2",
                               "VOLUME /a /b", R"(VOLUME ["/c d"])", "WORKDIR /srv", "WORKDIR sub",
                               "STOPSIGNAL SIGINT", "ONBUILD RUN x"});
    EXPECT_EQ(config.labels.at("c d"), "e");
    EXPECT_EQ(config.exposed_ports,
              (Words{"80/tcp", "53/udp", "8000/tcp", "8001/tcp", "8002/tcp"}));
    EXPECT_EQ(config.user, "1:2");
    EXPECT_EQ(config.volumes, (Words{"/a", "/b", "/c d"}));
    EXPECT_EQ(config.working_dir, "/srv/sub");
    EXPECT_EQ(config.stop_signal, "SIGINT");
    EXPECT_EQ(config.on_build, Words{"RUN x"});
}

TEST(Changes, VariablesAreThoseOfTheImage) {
    EXPECT_EQ(after({R"(ENV PATH=$PATH:/opt A=${A}${NONE:-2} B='$A')"}).env,
              (Words{"PATH=/bin:/opt", "A=12", "B=$A"}));
    EXPECT_EQ(after({"WORKDIR /srv/$A/../x/"}).working_dir, "/srv/x");
    EXPECT_EQ(after({"CMD echo $A"}).cmd, (Words{"/bin/sh", "-c", "echo $A"}));
}

TEST(Changes, ARefusedOneChangesNothing) {
    spec::ImageConfig config;
    config.env = {"A=1"};
    EXPECT_THROW(apply_change(config, "EXPOSE x"), Error);
    EXPECT_EQ(config.env, Words{"A=1"});
}

TEST(ConfigSteps, EntrypointTakesAnInheritedCommandAway) {
    const auto tree = dockerfile::parse("ENTRYPOINT [\"a\"]\nCMD b\nENTRYPOINT c\nSHELL [\"s\"]\n"
                                        "CMD d\nAUTHOR Me <me>\nVOLUME $V\nRUN x\n");
    ConfigState state{.config = {}, .args = {{"V", "/v"}, {"W", "hidden"}}};
    state.config.cmd = {"inherited"};
    const auto apply = [&](std::size_t index) {
        return apply_config_step(state, tree.nodes.at(index));
    };
    EXPECT_TRUE(apply(0));
    EXPECT_EQ(state.config.cmd, Words{});
    EXPECT_TRUE(apply(1) && apply(2));
    EXPECT_EQ(state.config.cmd, (Words{"/bin/sh", "-c", "b"}));
    EXPECT_EQ(state.config.entrypoint, (Words{"/bin/sh", "-c", "c"}));
    EXPECT_TRUE(apply(3) && apply(4) && apply(5) && apply(6));
    EXPECT_EQ(state.config.cmd, (Words{"s", "d"}));
    EXPECT_EQ(state.config.author, "Me <me>");
    EXPECT_EQ(state.config.volumes, Words{"/v"});
    EXPECT_FALSE(apply(7));
}

TEST(Changes, WhatMakesNoSenseIsRefused) {
    for (const char* change :
         {"", "RUN x", "FROM y", "ENV", "ENV A=\"open", "ENV =x", "EXPOSE 0", "EXPOSE 70000",
          "EXPOSE 9-8", "EXPOSE 80/icmp", "EXPOSE x", "VOLUME relative", "USER a b", "WORKDIR",
          "STOPSIGNAL A B", "ONBUILD FROM x", "LABEL justakey=a broken"}) {
        EXPECT_THROW(after({change}), Error) << change;
    }
}

} // namespace

} // namespace berth::image
