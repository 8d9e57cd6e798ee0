// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <support/scratch_dir.hpp>
#include <unistd.h>

#include <berth/error.hpp>
#include <run/oci/state.hpp>

namespace berth::run::oci {
namespace {

State a_state() {
    State state;
    state.id = "c1";
    state.pid = ::getpid();
    state.start_time = start_time(::getpid());
    state.bundle = "/b";
    state.created = "2026-01-02T03:04:05Z";
    state.cgroup = "/sys/fs/cgroup/x";
    state.made_cgroup = true;
    state.scope = "x.scope";
    state.owner = 7;
    return state;
}

class StateDirTest : public testing::Test {
  protected:
    test::ScratchDir scratch_;
    std::string root_ = scratch_.path() + "/root";
};

TEST_F(StateDirTest, KeepsWhatWasSaved) {
    const StateDir dir(root_, "c1");
    dir.make();
    dir.save(a_state());
    const auto loaded = dir.load();
    EXPECT_EQ(loaded.id, "c1");
    EXPECT_EQ(loaded.pid, ::getpid());
    EXPECT_EQ(loaded.bundle, "/b");
    EXPECT_EQ(loaded.cgroup, "/sys/fs/cgroup/x");
    EXPECT_TRUE(loaded.made_cgroup);
    EXPECT_EQ(loaded.scope, "x.scope");
    EXPECT_EQ(loaded.owner, 7U);
}

TEST_F(StateDirTest, ClaimsAnIdOnce) {
    const StateDir dir(root_, "c1");
    dir.make();
    try {
        dir.make();
        FAIL() << "made twice";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Exists);
    }
}

TEST_F(StateDirTest, KnowsNoContainerThatIsNotThere) {
    try {
        static_cast<void>(StateDir(root_, "c1").load());
        FAIL() << "loaded";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
    EXPECT_TRUE(list_ids(root_).empty());
}

TEST_F(StateDirTest, SaysThatADamagedStateIsDamaged) {
    const StateDir dir(root_, "c1");
    dir.make();
    for (const char* text : {"", "{}", "[1]", "{\"id\": 5}", "{\"id\""}) {
        std::ofstream(dir.path() + "/state.json") << text;
        EXPECT_THROW(static_cast<void>(dir.load()), Error) << text;
    }
}

TEST_F(StateDirTest, ListsThoseWithAState) {
    for (const char* id : {"b", "a"}) {
        const StateDir dir(root_, id);
        dir.make();
        dir.save(a_state());
    }
    StateDir(root_, "half").make();
    EXPECT_THAT(list_ids(root_), testing::ElementsAre("a", "b"));
}

TEST_F(StateDirTest, LeavesNothingWhenRemoved) {
    const StateDir dir(root_, "c1");
    dir.make();
    dir.save(a_state());
    dir.remove();
    EXPECT_TRUE(list_ids(root_).empty());
    dir.make();
}

TEST(StateIdTest, RefusesWhatIsNoName) {
    for (const char* id : {"", ".", "..", "a/b", "../a", "a b", "a\n", "\xc3\xa4", "a:b"}) {
        EXPECT_THROW(StateDir("/r", id), Error) << id;
    }
    EXPECT_THROW(StateDir("/r", std::string(2000, 'a')), Error);
    EXPECT_NO_THROW(StateDir("/r", "aZ0_+-.x"));
}

TEST_F(StateDirTest, TellsTheStatusByProcessAndSocket) {
    const StateDir dir(root_, "c1");
    dir.make();
    auto state = a_state();
    state.cgroup.clear();
    EXPECT_EQ(status_of(dir, state), Status::Running);
    std::ofstream(dir.start_socket()).close();
    EXPECT_EQ(status_of(dir, state), Status::Created);
    state.start_time += 1; // another process has the number now
    EXPECT_EQ(status_of(dir, state), Status::Stopped);
    state.pid = 0;
    EXPECT_EQ(status_of(dir, state), Status::Creating);
}

TEST(StateJsonTest, HasWhatTheSpecificationDemands) {
    spec::Bundle bundle;
    bundle.oci_version = "1.0.2";
    bundle.annotations = {{"k", "v"}};
    const auto json = nlohmann::json::parse(state_json(a_state(), Status::Running, bundle));
    EXPECT_EQ(json.at("ociVersion"), "1.0.2");
    EXPECT_EQ(json.at("id"), "c1");
    EXPECT_EQ(json.at("status"), "running");
    EXPECT_EQ(json.at("pid"), ::getpid());
    EXPECT_EQ(json.at("bundle"), "/b");
    EXPECT_EQ(json.at("annotations").at("k"), "v");
    const auto stopped = nlohmann::json::parse(state_json(a_state(), Status::Stopped, bundle));
    EXPECT_EQ(stopped.at("pid"), 0);
}

TEST(NowTest, IsATimeOfRfc3339) {
    EXPECT_THAT(
        now_text(),
        testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z"));
}

} // namespace
} // namespace berth::run::oci
