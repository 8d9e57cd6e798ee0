// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <berth/error.hpp>
#include <run/oci/arguments.hpp>

namespace berth::run::oci {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::array<Option, 6> kKnown{{{"bundle", 'b', "DIR", ""},
                                        {"detach", 'd', "", ""},
                                        {"tty", 't', "", ""},
                                        {"env", 'e', "NAME=VALUE", ""},
                                        {"user", 'u', "USER", ""},
                                        {"preserve-fds", 0, "N", ""}}};

Arguments parse(const std::vector<std::string>& words, Order order = Order::Any) {
    return Arguments::parse(kKnown, words, order);
}

TEST(ArgumentsTest, TakesAValueBehindABlankOrAnEqualsSign) {
    EXPECT_EQ(parse({"--bundle", "/b", "id"}).text("bundle"), "/b");
    EXPECT_EQ(parse({"--bundle=/b", "id"}).text("bundle"), "/b");
    EXPECT_EQ(parse({"-b", "/b", "id"}).text("bundle"), "/b");
    EXPECT_EQ(parse({"-b/b", "id"}).text("bundle"), "/b");
    EXPECT_EQ(parse({"-b=/b", "id"}).text("bundle"), "/b");
}

TEST(ArgumentsTest, TakesOneDashForTwoAsGoProgramsDo) {
    EXPECT_EQ(parse({"-bundle", "/b"}).text("bundle"), "/b");
    EXPECT_EQ(parse({"-bundle=/b"}).text("bundle"), "/b");
}

TEST(ArgumentsTest, JoinsLetters) {
    const auto arguments = parse({"-tdu", "5", "id"});
    EXPECT_TRUE(arguments.is_on("tty"));
    EXPECT_TRUE(arguments.is_on("detach"));
    EXPECT_EQ(arguments.text("user"), "5");
    EXPECT_THAT(arguments.rest(), ElementsAre("id"));
}

TEST(ArgumentsTest, LetsASwitchBeSetOff) {
    EXPECT_FALSE(parse({"--tty=false"}).is_on("tty"));
    EXPECT_TRUE(parse({"--tty=true"}).is_on("tty"));
    EXPECT_THROW(parse({"--tty=perhaps"}), Error);
    EXPECT_FALSE(parse({}).is_on("tty"));
}

TEST(ArgumentsTest, KeepsEveryValueOfARepeatedOption) {
    const auto arguments = parse({"-e", "A=1", "--env", "B=x=y", "-e=C=3"});
    EXPECT_THAT(arguments.texts("env"), ElementsAre("A=1", "B=x=y", "C=3"));
    EXPECT_EQ(arguments.text("env"), "C=3");
}

TEST(ArgumentsTest, FindsOptionsBehindOtherArguments) {
    const auto arguments = parse({"id", "--detach", "KILL"});
    EXPECT_TRUE(arguments.is_on("detach"));
    EXPECT_THAT(arguments.rest(), ElementsAre("id", "KILL"));
}

TEST(ArgumentsTest, LeavesACommandAlone) {
    const auto arguments = parse({"-t", "id", "sh", "-d", "--"}, Order::OptionsFirst);
    EXPECT_TRUE(arguments.is_on("tty"));
    EXPECT_FALSE(arguments.has("detach"));
    EXPECT_THAT(arguments.rest(), ElementsAre("id", "sh", "-d", "--"));
}

TEST(ArgumentsTest, EndsOptionsAtTwoDashes) {
    const auto arguments = parse({"--", "-d", "-"});
    EXPECT_FALSE(arguments.has("detach"));
    EXPECT_THAT(arguments.rest(), ElementsAre("-d", "-"));
}

TEST(ArgumentsTest, TakesADashAloneForAnArgument) {
    EXPECT_THAT(parse({"-"}).rest(), ElementsAre("-"));
    EXPECT_THAT(parse({"-b", "-"}).rest(), IsEmpty());
}

TEST(ArgumentsTest, RefusesWhatItDoesNotKnow) {
    EXPECT_THROW(parse({"--bundel", "/b"}), Error);
    EXPECT_THROW(parse({"-x"}), Error);
    EXPECT_THROW(parse({"-tx"}), Error);
    EXPECT_THROW(parse({"--b", "/b"}), Error);
    EXPECT_THROW(parse({"--bundle"}), Error);
    EXPECT_THROW(parse({"--="}), Error);
}

TEST(ArgumentsTest, ReadsNumbersWithinBounds) {
    EXPECT_EQ(parse({"--preserve-fds=3"}).number("preserve-fds", 10), 3U);
    EXPECT_EQ(parse({}).number("preserve-fds"), std::nullopt);
    for (const char* text : {"11", "-1", "3x", "", "0x3", " 3"}) {
        const auto arguments = parse({"--preserve-fds", text});
        EXPECT_THROW(static_cast<void>(arguments.number("preserve-fds", 10)), Error) << text;
    }
    EXPECT_EQ(parse({"--preserve-fds", "-1"}).signed_number("preserve-fds"), -1);
}

TEST(ArgumentsTest, DemandsExactlyOneArgument) {
    EXPECT_EQ(parse({"id"}).only("id"), "id");
    EXPECT_THROW(static_cast<void>(parse({}).only("id")), Error);
    EXPECT_THROW(static_cast<void>(parse({"id", "more"}).only("id")), Error);
}

} // namespace
} // namespace berth::run::oci
