// SPDX-License-Identifier: LGPL-2.1-or-later
// Every step of a creation and of a run fails in turn, and nothing may be left behind.
#include <tests/unit/container/fixture.hpp>

#include <container/remove.hpp>

namespace berth {
namespace {

struct Fault {
    const char* name;
    void (*arm)(test::FakeUnits&, test::FakePlugins&);
};

void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.name;
}

class FailedStep : public test::EngineTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(FailedStep, OfARunWithRmLeavesNothing) {
    EXPECT_EQ(code_of([&] {
                  GetParam().arm(units_, plugins_);
                  (void)run("web", {{"auto_remove", true}});
              }),
              ErrorCode::Io);
    expect_nothing_left();
}

TEST_P(FailedStep, FreesTheNameForTheNextTry) {
    EXPECT_EQ(code_of([&] {
                  GetParam().arm(units_, plugins_);
                  (void)run("web", {{"auto_remove", true}});
              }),
              ErrorCode::Io);
    units_.failing = {};
    units_.start_result = "done";
    plugins_.disk.failing = {};
    plugins_.network_failing = {};
    EXPECT_NO_THROW((void)run("web", {{"auto_remove", true}}));
}

INSTANTIATE_TEST_SUITE_P(
    Engine, FailedStep,
    ::testing::Values(
        Fault{"plan", [](auto&, auto& plugins) { plugins.network_failing.fail_at = 1; }},
        Fault{"layer", [](auto&, auto& plugins) { plugins.disk.failing.fail_at = 1; }},
        Fault{"unit", [](auto& units, auto&) { units.failing.fail_at = 1; }},
        Fault{"ready", [](auto& units, auto&) { units.start_result = "failed"; }},
        Fault{"timeout", [](auto& units, auto&) { units.start_result = "timeout"; }}),
    [](const auto& fault) { return fault.param.name; });

class Rollback : public test::EngineTest {};

TEST_F(Rollback, ARecordThatIsRefusedTakesLayerAndVolumesAway) {
    const auto prepared = prepare("web");
    (void)create("web"); // somebody was faster
    const auto volumes = store_.volumes().size();
    EXPECT_EQ(code_of([&] { (void)container::create(engine_, prepared); }), ErrorCode::Exists);
    EXPECT_EQ(plugins_.disk.layers.size(), 2U);
    EXPECT_EQ(store_.volumes().size(), volumes);
    EXPECT_EQ(entries(store::volumes_dir()), volumes);
}

TEST_F(Rollback, AVolumeThatWasThereStays) {
    (void)create("first", {{"volumes", std::vector<std::string>{"shared:/s"}}});
    plugins_.disk.failing = {.fail_at = 1};
    EXPECT_EQ(code_of([&] {
                  (void)create("second", {{"volumes", std::vector<std::string>{"shared:/s"}}});
              }),
              ErrorCode::Io);
    EXPECT_TRUE(std::filesystem::exists(store::volume_dir("shared") + "/_data"));
}

TEST_F(Rollback, AnImageRemovedBetweenAuthorisationAndCreationIsNoticed) {
    const auto prepared = prepare("web");
    const auto image = store_.images()[0].id;
    store_.remove_image(image);
    store_.forget_layers({LayerId(std::string(64, 'a'))});
    EXPECT_EQ(code_of([&] { (void)container::create(engine_, prepared); }), ErrorCode::NotFound);
    expect_nothing_left();
}

TEST_F(Rollback, ARunWithoutRmThatFailsStaysToBeLookedAt) {
    units_.start_result = "failed";
    EXPECT_EQ(code_of([&] { (void)run("web"); }), ErrorCode::Io);
    EXPECT_FALSE(record("web").start_error.empty());
    EXPECT_FALSE(record("web").wanted);
}

TEST_F(Rollback, AnExhaustedSubnetRefusesTheNextContainerAndNoOther) {
    std::vector<ContainerId> ids;
    for (int count = 0; count < 253; ++count)
        ids.push_back(create("", {{"auto_remove", true}}));
    EXPECT_EQ(code_of([&] { (void)create("full"); }), ErrorCode::Exhausted);
    container::remove(engine_, ids[100], {});
    EXPECT_NO_THROW((void)create("fits"));
}

} // namespace
} // namespace berth
