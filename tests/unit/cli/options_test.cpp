// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <cli/options.hpp>

namespace berth::cli {
namespace {

using Strings = std::vector<std::string>;

struct Sample {
    bool interactive = false;
    bool tty = false;
    bool detach = false;
    bool proxy = true;
    std::optional<std::string> name;
    std::optional<std::string> entrypoint;
    std::vector<std::string> env;
    std::optional<std::uint64_t> limit;
    Options options{"run", "IMAGE [ARG...]", "Run something"};

    explicit Sample(bool stop_at_first = true) {
        options.flag("-i,--interactive", interactive, "Keep input open");
        options.flag("-t,--tty", tty, "A terminal");
        options.flag("-d,--detach", detach, "Background");
        options.flag("--sig-proxy", proxy, "Signals");
        options.group("More");
        options.value("--name", "NAME", name, "Name");
        options.value("--entrypoint", "PROGRAM", entrypoint, "Program");
        options.list("-e,--env", "KEY=VALUE", env, "Environment");
        options.number("--limit", "NUMBER", limit, "Limit");
        if (stop_at_first) options.stop_at_first_argument();
        options.need(1);
    }
};

std::string refusal(Sample& sample, const Strings& arguments) {
    try {
        static_cast<void>(sample.options.parse(arguments));
        return "parsed";
    } catch (const UsageError& error) {
        return error.what();
    }
}

TEST(Options, ReadCombinedShortFlags) {
    Sample sample;
    EXPECT_EQ(sample.options.parse({"-dit", "image"}), Strings{"image"});
    EXPECT_TRUE(sample.interactive && sample.tty && sample.detach);
}

TEST(Options, ReadValuesInAllSpellings) {
    Sample sample;
    const auto rest = sample.options.parse(
        {"-eA=b", "-e", "C=d e", "--env=F=g=h", "--name", "x", "-ite", "Z", "image"});
    EXPECT_EQ(rest, Strings{"image"});
    EXPECT_EQ(sample.env, (Strings{"A=b", "C=d e", "F=g=h", "Z"}));
    EXPECT_EQ(sample.name, "x");
    EXPECT_TRUE(sample.interactive && sample.tty);
}

TEST(Options, KeepEmptyAndOddValues) {
    Sample sample;
    EXPECT_EQ(sample.options.parse(
                  {"--entrypoint=", "-e", "", "-e", "[a,b]", "-e", "--x", "-e", "A=", "image"}),
              Strings{"image"});
    EXPECT_EQ(sample.entrypoint, "");
    EXPECT_EQ(sample.env, (Strings{"", "[a,b]", "--x", "A="}));
}

TEST(Options, StopAtTheFirstArgument) {
    Sample sample;
    EXPECT_EQ(sample.options.parse({"-i", "image", "ls", "-t", "--name", "--", "x=", "[1]"}),
              (Strings{"image", "ls", "-t", "--name", "--", "x=", "[1]"}));
    EXPECT_FALSE(sample.tty);
    EXPECT_EQ(sample.name, std::nullopt);
}

TEST(Options, MixFlagsAndArgumentsElsewhere) {
    Sample sample(false);
    EXPECT_EQ(sample.options.parse({"a", "-t", "b", "--name=n", "[c]"}),
              (Strings{"a", "b", "[c]"}));
    EXPECT_TRUE(sample.tty);
    EXPECT_EQ(sample.name, "n");
}

TEST(Options, EndAtTwoDashes) {
    Sample first;
    EXPECT_EQ(first.options.parse({"-i", "--", "-weird", "-t"}), (Strings{"-weird", "-t"}));
    EXPECT_FALSE(first.tty);
    Sample second(false);
    EXPECT_EQ(second.options.parse({"a", "--", "-t"}), (Strings{"a", "-t"}));
    EXPECT_FALSE(second.tty);
}

TEST(Options, SwitchFlagsOff) {
    Sample sample;
    EXPECT_TRUE(sample.options.parse({"--sig-proxy=false", "--tty=1", "image"}));
    EXPECT_FALSE(sample.proxy);
    EXPECT_TRUE(sample.tty);
}

TEST(Options, TakeTheLastOfRepeatedValues) {
    Sample sample;
    EXPECT_TRUE(sample.options.parse({"--name", "a", "--name", "b", "-i", "-i", "image"}));
    EXPECT_EQ(sample.name, "b");
    EXPECT_TRUE(sample.interactive);
}

TEST(Options, SuggestTheNearestFlag) {
    Sample sample;
    EXPECT_EQ(refusal(sample, {"--nmae", "x", "image"}),
              "unknown flag: --nmae\nDid you mean --name?");
    Sample other;
    EXPECT_EQ(refusal(other, {"-itx", "image"}), "unknown shorthand flag: 'x' in -x");
    Sample third;
    EXPECT_EQ(refusal(third, {"--name"}), "flag needs an argument: --name");
}

TEST(Options, RefuseBadNumbersAndTruths) {
    Sample sample;
    EXPECT_NE(refusal(sample, {"--limit", "x", "image"}).find("whole number"), std::string::npos);
    Sample other;
    EXPECT_NE(refusal(other, {"--tty=maybe", "image"}).find("true or false"), std::string::npos);
}

TEST(Options, CountArguments) {
    Sample sample;
    EXPECT_NE(refusal(sample, {}).find("requires at least 1 argument"), std::string::npos);
    Options none("info", "", "Nothing");
    EXPECT_THROW(static_cast<void>(none.parse({"x"})), UsageError);
}

TEST(Options, RenderHelpWithinTheWidth) {
    Sample sample;
    const std::string help = sample.options.help_text(60);
    EXPECT_NE(help.find("Usage: berth run [OPTIONS] IMAGE [ARG...]"), std::string::npos);
    EXPECT_NE(help.find("\nMore:\n"), std::string::npos);
    EXPECT_NE(help.find("  -e, --env KEY=VALUE"), std::string::npos);
    EXPECT_NE(help.find("(default true)"), std::string::npos);
    for (std::size_t start = 0; start < help.size();) {
        const std::size_t end = help.find('\n', start);
        EXPECT_LE(end - start, 60U) << help.substr(start, end - start);
        start = end + 1;
    }
}

TEST(Nearest, FindsTyposAndBeginnings) {
    const Strings words = {"run", "rm", "rmi", "images", "inspect", "pull", "push"};
    EXPECT_EQ(nearest("rnu", words).front(), "run");
    EXPECT_EQ(nearest("imges", words).front(), "images");
    EXPECT_EQ(nearest("insp", words).front(), "inspect");
    EXPECT_TRUE(nearest("frobnicate", words).empty());
}

} // namespace
} // namespace berth::cli
