// SPDX-License-Identifier: LGPL-2.1-or-later
// Variables and stages of a build.
#include <gtest/gtest.h>

#include <build/output.hpp>
#include <build/plan.hpp>
#include <build/session.hpp>
#include <dockerfile/parser.hpp>

namespace berth::build {
namespace {

std::vector<std::size_t> needed(const std::string& text, const std::string& target = "") {
    const auto tree = dockerfile::parse(text);
    const auto stages = dockerfile::check(tree);
    Scope scope({}, {}, tree.escape);
    for (const auto* node : stages.global_args)
        scope.declare_global(*node);
    std::vector<std::size_t> numbers;
    for (const auto& stage : plan_stages(stages, scope, target))
        numbers.push_back(stage.number);
    return numbers;
}

using Numbers = std::vector<std::size_t>;

TEST(Plan, LeavesOutWhatTheTargetDoesNotNeed) {
    const std::string text = "FROM a AS one\nFROM b AS two\nFROM one AS three\n"
                             "COPY --from=TWO x y\nFROM c AS four\nFROM d\nCOPY --from=3 x y\n";
    EXPECT_EQ(needed(text), (Numbers{3, 4}));
    EXPECT_EQ(needed(text, "Three"), (Numbers{0, 1, 2}));
    EXPECT_EQ(needed(text, "1"), (Numbers{1}));
    EXPECT_THROW((void)needed(text, "five"), Error);
    EXPECT_THROW((void)needed(text, "5"), Error);
}

TEST(Plan, TakesOnlyEarlierStagesForStages) {
    EXPECT_EQ(needed("FROM later\nCOPY --from=later x y\nFROM b AS later\n", "0"), (Numbers{0}));
    EXPECT_EQ(needed("FROM a\nFROM 0\n"), (Numbers{1})); // an image of that name
}

TEST(Plan, KnowsGlobalArguments) {
    const auto tree = dockerfile::parse("ARG T=12\nARG I=debian:${T}\nFROM ${I} AS x\n");
    const auto stages = dockerfile::check(tree);
    Scope scope({{"T", "13"}}, {}, tree.escape);
    for (const auto* node : stages.global_args)
        scope.declare_global(*node);
    EXPECT_EQ(plan_stages(stages, scope, "").at(0).base, "debian:13");
    EXPECT_TRUE(scope.unused().empty());
}

TEST(Plan, RefusesABlankBase) {
    EXPECT_THROW((void)needed("FROM $NOTHING\n"), dockerfile::SyntaxError);
}

TEST(Scope, GivesArgumentsTheirValues) {
    const auto tree = dockerfile::parse("ARG G=global\nFROM a\nARG D=default\nARG G\nARG N\n"
                                        "ARG U=$D-$E\n");
    const auto stages = dockerfile::check(tree);
    Scope scope({{"D", "given"}, {"X", "1"}, {"HTTP_PROXY", "p"}}, {}, tree.escape);
    for (const auto* node : stages.global_args)
        scope.declare_global(*node);
    image::ConfigState state{.config = {.env = {"E=env"}}};
    for (const auto* node : stages.stages[0].steps)
        scope.declare(state, *node);
    EXPECT_EQ(state.args, (Variables{{"D", "given"}, {"G", "global"}, {"U", "given-env"}}));
    EXPECT_EQ(scope.unused(), std::set<std::string>{"X"});
}

TEST(Scope, LetsEnvHideArguments) {
    const image::ConfigState state{.config = {.env = {"A=env"}}, .args = {{"A", "x"}, {"B", "y"}}};
    const auto lookup = lookup_in(state);
    EXPECT_EQ(lookup("A"), "env");
    EXPECT_EQ(lookup("B"), "y");
    EXPECT_EQ(lookup("C"), std::nullopt);
}

TEST(Health, IsKeptInTheConfiguration) {
    const auto tree = dockerfile::parse(
        "HEALTHCHECK --interval=1m30s --timeout=500ms --retries=3 CMD curl x\n"
        "HEALTHCHECK CMD [\"a\", \"b\"]\nHEALTHCHECK NONE\nHEALTHCHECK --timeout=5 CMD x\n");
    const auto health = [&](std::size_t at) {
        StageState stage;
        step_health(stage, tree.nodes.at(at));
        return spec::dump_image_config(stage.config.config);
    };
    EXPECT_NE(health(0).find(R"("Healthcheck":{"Interval":90000000000,"Retries":3,)"
                             R"("Test":["CMD-SHELL","curl x"],"Timeout":500000000})"),
              std::string::npos)
        << health(0);
    EXPECT_NE(health(1).find(R"("Test":["CMD","a","b"])"), std::string::npos);
    EXPECT_NE(health(2).find(R"("Test":["NONE"])"), std::string::npos);
    EXPECT_THROW((void)health(3), Error);
}

TEST(Relay, KeepsTheLastLines) {
    Output silent(-1);
    Relay relay(silent);
    std::string text;
    for (int line = 0; line < 100; ++line)
        text += std::to_string(line) + "\n";
    text += "\x1b[1mend";
    ASSERT_EQ(::write(relay.fd(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    relay.finish();
    const std::string last = relay.last_lines();
    EXPECT_TRUE(last.starts_with("80\n")) << last;
    EXPECT_TRUE(last.ends_with("99\n\\x1b[1mend\n")) << last;
}

} // namespace
} // namespace berth::build
