// SPDX-License-Identifier: LGPL-2.1-or-later
#include <csignal>

#include <tests/unit/container/fixture.hpp>

#include <container/change.hpp>
#include <container/errors.hpp>
#include <container/list.hpp>
#include <container/remove.hpp>
#include <container/stop.hpp>

namespace berth {
namespace {

using namespace std::chrono_literals;

class Lifecycle : public test::EngineTest {};

TEST_F(Lifecycle, ACreatedContainerHasARecordALayerAndItsVolume) {
    const auto id = create("web");
    EXPECT_EQ(record("web").unit, "berth-web.service");
    EXPECT_TRUE(plugins_.disk.layers.contains(id.str()));
    ASSERT_EQ(store_.volumes().size(), 1U);
    EXPECT_TRUE(store_.volumes()[0].anonymous);
    EXPECT_TRUE(
        std::filesystem::is_directory(store::volume_dir(store_.volumes()[0].name) + "/_data"));
    EXPECT_EQ(store_.leases(id).size(), 1U);
    EXPECT_TRUE(units_.units.empty());
}

TEST_F(Lifecycle, ANameIsMadeUpWhenNoneIsGiven) {
    const auto first = record(store_.container(create("")).id.str()).name;
    EXPECT_NE(first.find('_'), std::string::npos);
}

TEST_F(Lifecycle, ATakenNameIsRefusedBeforeAnythingIsMade) {
    (void)create("web");
    EXPECT_EQ(code_of([&] { (void)prepare("web"); }), ErrorCode::Exists);
    EXPECT_NE(message_.find("'web'"), std::string::npos);
}

TEST_F(Lifecycle, NamesOfBerthsOwnUnitsAreRefused) {
    EXPECT_EQ(code_of([&] { (void)prepare("job-7"); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of([&] { (void)prepare("exec-0123abcd"); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of([&] { (void)prepare("../x"); }), ErrorCode::InvalidArgument);
    EXPECT_NO_THROW((void)prepare("job-x"));
}

TEST_F(Lifecycle, AnUnknownImageIsNamed) {
    EXPECT_THROW((void)container::prepare(engine_, {.name = "x", .image = "ghost:1"}),
                 container::NoSuchImage);
}

TEST_F(Lifecycle, ItRunsAndItsUnitSaysSo) {
    (void)run("web");
    const auto rows = container::list_containers(engine_, {});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].condition.state, container::State::Running);
    EXPECT_EQ(rows[0].condition.pid, 4242);
    EXPECT_TRUE(std::filesystem::exists(store::container_dir(rows[0].record.id) + "/config.json"));
}

TEST_F(Lifecycle, StartingWhatRunsIsAlreadyRunning) {
    const auto id = run("web");
    EXPECT_THROW((void)container::start(engine_, id, {}), container::AlreadyRunning);
}

TEST_F(Lifecycle, StoppedBehindItsBackItIsExitedWithItsStatusAndStartsAgain) {
    const auto id = run("web");
    unit_ends("web", 7);
    const auto rows = container::list_containers(engine_, {.all = true});
    EXPECT_EQ(rows[0].condition.state, container::State::Exited);
    EXPECT_EQ(rows[0].condition.exit_code, 7);
    EXPECT_NO_THROW((void)container::start(engine_, id, {}));
    EXPECT_EQ(record("web").exit.finished_at, 0);
}

TEST_F(Lifecycle, AnAddressIsKeptOverARestart) {
    const auto id = run("web");
    const auto before = store_.leases(id)[0].address;
    (void)run("other");
    unit_ends("web", 0);
    (void)container::start(engine_, id, {});
    EXPECT_EQ(store_.leases(id)[0].address, before);
}

TEST_F(Lifecycle, AStartThatFailsSaysWhyAndHowAndLeavesNoUnit) {
    const auto id = create("web");
    units_.start_result = "failed";
    try {
        (void)container::start(engine_, id, {});
        FAIL();
    } catch (const container::StartFailed& error) {
        EXPECT_EQ(error.exit_code(), 125);
        EXPECT_NE(std::string(error.what()).find("[125]"), std::string::npos);
    }
    EXPECT_FALSE(record("web").start_error.empty());
    EXPECT_FALSE(record("web").wanted);
}

TEST_F(Lifecycle, WhatTheRunnerWroteBecomesTheError) {
    const auto error = container::start_failure("[127] exec: \"nope\": not found\n", 125, "x");
    EXPECT_EQ(error.exit_code(), 127);
    EXPECT_STREQ(error.what(), "[127] exec: \"nope\": not found");
    EXPECT_STREQ(container::start_failure("", 126, "else").what(), "[126] else");
    EXPECT_STREQ(container::start_failure("[x27] y", 125, "z").what(), "[125] [x27] y");
}

TEST_F(Lifecycle, StoppingLeavesTheWaitToTheUnit) {
    const auto id = run("web");
    container::stop(engine_, id, {});
    EXPECT_EQ(units_.log.back(), "stop berth-web.service");
    EXPECT_EQ(units_.log.size(), 2U) << "start and stop, nothing by hand";
    EXPECT_FALSE(record("web").wanted);
    EXPECT_NO_THROW(container::stop(engine_, id, {})) << "stopped already";
}

TEST_F(Lifecycle, StoppingWithAnotherPatienceKillsWhatOutlivesIt) {
    const auto id = run("web", {{"stop_signal", "SIGUSR1"}});
    units_.dies_on_signal = false;
    container::stop(engine_, id, {.timeout = 3s});
    EXPECT_EQ(units_.log, (std::vector<std::string>{
                              "start berth-web.service", "kill main " + std::to_string(SIGUSR1),
                              "wait 3000", "kill all 9", "stop berth-web.service"}));
}

TEST_F(Lifecycle, APausedOneIsThawedToBeStopped) {
    const auto id = run("web");
    container::pause(engine_, id);
    EXPECT_EQ(container::list_containers(engine_, {})[0].condition.state, container::State::Paused);
    EXPECT_EQ(code_of([&] { container::pause(engine_, id); }), ErrorCode::Busy);
    container::stop(engine_, id, {});
    EXPECT_EQ(units_.log[1], "thaw berth-web.service");
}

TEST_F(Lifecycle, AKillNeedsARunningContainerAndAKnownSignal) {
    const auto id = create("web");
    EXPECT_THROW(container::kill(engine_, id, "KILL"), container::NotRunning);
    (void)container::start(engine_, id, {});
    EXPECT_EQ(code_of([&] { container::kill(engine_, id, "SIGNOPE"); }),
              ErrorCode::InvalidArgument);
    container::kill(engine_, id, "hup");
    EXPECT_EQ(units_.units.at("berth-web.service").signals, std::vector<int>{SIGHUP});
    EXPECT_TRUE(record("web").wanted);
}

TEST_F(Lifecycle, AKilledOneIsNotRestartedByItsPolicy) {
    const auto id = run("web", {{"restart", "always"}});
    container::kill(engine_, id, "");
    EXPECT_EQ(units_.log.back(), "stop berth-web.service");
    EXPECT_FALSE(record("web").wanted);
}

TEST_F(Lifecycle, WhatRunsIsRemovedOnlyByForce) {
    const auto id = run("web");
    EXPECT_EQ(code_of([&] { container::remove(engine_, id, {}); }), ErrorCode::Busy);
    container::remove(engine_, id, {.force = true, .volumes = true});
    expect_nothing_left();
}

TEST_F(Lifecycle, AnonymousVolumesStayUnlessTheyAreToGo) {
    container::remove(engine_, create("web"), {});
    EXPECT_EQ(store_.volumes().size(), 1U);
    EXPECT_EQ(entries(store::volumes_dir()), 1U);
}

TEST_F(Lifecycle, FinishingRemovesWhatHasRmAndNothingElse) {
    const auto kept = run("kept");
    unit_ends("kept", 0);
    EXPECT_FALSE(container::finish(engine_, kept));
    const auto gone = run("gone", {{"auto_remove", true}});
    EXPECT_FALSE(container::finish(engine_, gone)) << "it still runs";
    unit_ends("gone", 0);
    EXPECT_TRUE(container::finish(engine_, gone));
    EXPECT_TRUE(container::finish(engine_, gone)) << "and again";
    EXPECT_EQ(store_.containers().size(), 1U);
}

TEST_F(Lifecycle, FinishingLeavesACreatedContainerAlone) {
    const auto id = create("web", {{"auto_remove", true}});
    EXPECT_FALSE(container::finish(engine_, id));
}

TEST_F(Lifecycle, ARunningOneKeepsItsUnitWhenRenamedUntilItsNextStart) {
    const auto id = run("web");
    container::rename(engine_, id, "site");
    EXPECT_EQ(record("site").unit, "berth-web.service");
    EXPECT_EQ(container::list_containers(engine_, {}).size(), 1U);
    unit_ends("site", 0);
    (void)container::start(engine_, id, {});
    EXPECT_EQ(record("site").unit, "berth-site.service");
    EXPECT_TRUE(units_.units.contains("berth-site.service"));
}

TEST_F(Lifecycle, AStoppedOneTakesItsUnitAlong) {
    container::rename(engine_, create("web"), "site");
    EXPECT_EQ(record("site").unit, "berth-site.service");
}

TEST_F(Lifecycle, AnUpdateReachesTheUnitAndTheRecord) {
    const auto id = run("web");
    const auto warnings =
        container::update(engine_, id, {{"memory", "64m"}, {"restart", "always"}});
    EXPECT_EQ(warnings.size(), 1U);
    const auto* memory = units_.units.at("berth-web.service").properties.find("MemoryMax");
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(std::get<std::uint64_t>(*memory), 64U << 20U);
    EXPECT_EQ(spec::parse_container_spec(record("web").spec).resources.memory, 64U << 20U);
    EXPECT_EQ(code_of([&] {
                  (void)container::update(engine_, id, {{"env", "x"}});
              }),
              ErrorCode::InvalidArgument);
}

TEST_F(Lifecycle, AnUpdateThatTheUnitRefusesIsNotRecorded) {
    const auto id = run("web");
    units_.failing = {.fail_at = 1};
    EXPECT_EQ(code_of([&] {
                  (void)container::update(engine_, id, {{"memory", "64m"}});
              }),
              ErrorCode::Io);
    EXPECT_EQ(spec::parse_container_spec(record("web").spec).resources.memory, 0U);
}

} // namespace
} // namespace berth
