// SPDX-License-Identifier: LGPL-2.1-or-later
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <daemon/policy.hpp>
#include <daemon/risk.hpp>

namespace berth::daemon {
namespace {

constexpr uid_t kAlice = 1000;
constexpr uid_t kBob = 1001;

Decision decide_for(std::string_view interface, std::string_view method, const Facts& facts,
                    uid_t caller = kAlice) {
    const PolicyRow* row = find_policy(interface, method);
    EXPECT_NE(row, nullptr) << method;
    return row == nullptr ? Decision{} : decide(*row, facts, caller);
}

std::string action(std::string_view interface, std::string_view method, const Facts& facts) {
    const Decision decision = decide_for(interface, method, facts);
    return decision.verdict == Verdict::Ask ? decision.action : "";
}

constexpr std::string_view kManager = "org.berth1.Manager";
constexpr std::string_view kContainer = "org.berth1.Container";

TEST(PolicyTest, DeniesWhatIsNotInTheTable) {
    EXPECT_EQ(find_policy(kManager, "FormatDisk"), nullptr);
    EXPECT_EQ(find_policy("org.berth1.Other", "PullImage"), nullptr);
    EXPECT_EQ(find_policy(kContainer, "PullImage"), nullptr);
}

TEST(PolicyTest, HasEachMethodOnce) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const PolicyRow& row : policy_table()) {
        EXPECT_TRUE(seen.emplace(row.interface, row.method).second) << row.method;
        const bool has_action = row.guard == Guard::Action || row.guard == Guard::OwnOpen;
        EXPECT_EQ(has_action, !row.action.empty()) << row.method;
    }
}

TEST(PolicyTest, LeavesOnlyLooksOpenToEverybody) {
    const std::set<std::string> open{"GetContainer", "ListContainers", "GetImage",  "ListImages",
                                     "ListNetworks", "ListVolumes",    "ListJobs",  "GetJob",
                                     "Info",         "DiskUsage",      "Wait",      "Stats",
                                     "Inspect",      "History",        "ListEvents"};
    for (const PolicyRow& row : policy_table()) {
        if (row.guard != Guard::Open) continue;
        EXPECT_TRUE(open.contains(std::string(row.method))) << row.method;
    }
    EXPECT_NE(find_policy(kContainer, "Inspect")->guard, Guard::Open);
}

TEST(PolicyTest, ChoosesTheActionOfARunByItsRisk) {
    EXPECT_EQ(action(kManager, "RunContainer", {.risk = Risk::Confined}),
              "org.berth1.container-run");
    EXPECT_EQ(action(kManager, "RunContainer", {.risk = Risk::Host}),
              "org.berth1.container-run-host");
    EXPECT_EQ(action(kManager, "CreateContainer", {.risk = Risk::Privileged}),
              "org.berth1.container-run-privileged");
}

TEST(PolicyTest, AsksLessOfOwners) {
    const Facts own{.owner = kAlice, .risk = Risk::Host};
    const Facts others{.owner = kBob, .risk = Risk::Host};
    EXPECT_EQ(action(kContainer, "Stop", own), "org.berth1.container-manage-own");
    EXPECT_EQ(action(kContainer, "Stop", others), "org.berth1.container-manage");
    EXPECT_EQ(decide_for(kContainer, "Logs", own).verdict, Verdict::Allowed);
    EXPECT_EQ(action(kContainer, "Logs", others), "org.berth1.logs");
}

TEST(PolicyTest, DoesNotLetAnOwnerIntoAContainerThatReachesTheHost) {
    const Facts host{.owner = kAlice, .risk = Risk::Host};
    const Facts confined{.owner = kAlice, .risk = Risk::Confined};
    for (const char* method : {"Exec", "Attach", "Commit", "CopyIn", "CopyOut"}) {
        EXPECT_EQ(action(kContainer, method, host), "org.berth1.container-exec") << method;
        EXPECT_EQ(action(kContainer, method, confined), "org.berth1.container-manage-own");
    }
    for (const char* method : {"Start", "Restart", "Update"}) {
        EXPECT_EQ(action(kContainer, method, host), "org.berth1.container-manage") << method;
        EXPECT_EQ(action(kContainer, method, confined), "org.berth1.container-manage-own");
    }
}

TEST(PolicyTest, KeepsInternalMethodsForRoot) {
    EXPECT_EQ(decide_for(kManager, "AdoptTerminal", {}).verdict, Verdict::Denied);
    EXPECT_EQ(decide_for("org.berth1.Worker", "Report", {}).verdict, Verdict::Denied);
}

TEST(PolicyTest, GivesNobodyTheRightsOfAnOwnerWithoutOne) {
    EXPECT_EQ(action(kContainer, "Stop", {.owner = {}, .risk = Risk::Confined}),
              "org.berth1.container-manage");
}

spec::ContainerSpec with_bind(const std::string& source) {
    spec::ContainerSpec spec;
    spec.mounts.push_back({.kind = spec::MountKind::Bind, .source = source, .target = "/x"});
    return spec;
}

TEST(RiskTest, CallsAContainerWithoutUserNamespaceHost) {
    EXPECT_EQ(risk_of({}), Risk::Host);
    EXPECT_EQ(risk_of(with_bind("/srv/data")), Risk::Host);
}

TEST(RiskTest, CallsWhatCommandsTheMachinePrivileged) {
    spec::ContainerSpec privileged;
    privileged.privileged = true;
    EXPECT_EQ(risk_of(privileged), Risk::Privileged);
    for (const char* path :
         {"/", "/run", "/run/dbus", "/run/dbus/system_bus_socket", "/run/docker.sock",
          "/var/run/docker.sock", "/run/systemd/private", "/proc", "/proc/sys", "/var"}) {
        EXPECT_EQ(risk_of(with_bind(path)), Risk::Privileged) << path;
    }
    EXPECT_EQ(risk_of(with_bind("/running")), Risk::Host);
}

} // namespace
} // namespace berth::daemon
