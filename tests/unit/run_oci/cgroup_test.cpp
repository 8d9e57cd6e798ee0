// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <berth/error.hpp>
#include <run/oci/cgroup.hpp>
#include <run/oci/scope.hpp>

namespace berth::run::oci {
namespace {

TEST(CgroupPlaceTest, TakesAPathFromTheHierarchysTop) {
    EXPECT_EQ(cgroup_place("/a/b", "id"), "/a/b");
    EXPECT_EQ(cgroup_place("a/b", "id"), "/a/b");
    EXPECT_EQ(cgroup_place("/a:b:c", "id"), "/a:b:c");
}

TEST(CgroupPlaceTest, NeverLeavesTheHierarchy) {
    EXPECT_EQ(cgroup_place("/../../etc", "id"), "/etc");
    EXPECT_EQ(cgroup_place("../x", "id"), "/x");
    EXPECT_EQ(cgroup_place("system.slice:p:../../../x", "id"), "/system.slice/x.scope");
}

TEST(CgroupPlaceTest, NamesOneAfterTheContainer) {
    EXPECT_EQ(cgroup_place("", "id"), "/berth-oci-id");
}

TEST(CgroupPlaceTest, LaysAScopeOutAsSystemdDoes) {
    EXPECT_EQ(cgroup_place("machine.slice:libpod:1a2b", "id"), "/machine.slice/libpod-1a2b.scope");
    EXPECT_EQ(cgroup_place("a-b-c.slice:p:n", "id"), "/a.slice/a-b.slice/a-b-c.slice/p-n.scope");
    EXPECT_EQ(cgroup_place("-.slice::n", "id"), "/n.scope");
    EXPECT_EQ(cgroup_place("::n", "id"), "/system.slice/n.scope");
    EXPECT_THROW(static_cast<void>(cgroup_place("noslice:p:n", "id")), Error);
    EXPECT_THROW(static_cast<void>(cgroup_place("a/b.slice:p:n", "id")), Error);
}

TEST(ScopePlaceTest, NamesSliceAndScope) {
    const auto place = scope_place("machine.slice:libpod:1a2b", "id");
    EXPECT_EQ(place.slice, "machine.slice");
    EXPECT_EQ(place.scope, "libpod-1a2b.scope");
    EXPECT_EQ(scope_place("", "id").scope, "berth-oci-id.scope");
    EXPECT_THROW(static_cast<void>(scope_place("/a/b", "id")), Error);
}

TEST(CgroupLimitsTest, ScalesSharesToTheKernelsWeights) {
    EXPECT_EQ(cpu_weight(2), 1U);
    EXPECT_EQ(cpu_weight(1024), 39U);
    EXPECT_EQ(cpu_weight(262144), 10000U);
    EXPECT_EQ(cpu_weight(0), 1U);
    EXPECT_EQ(cpu_weight(UINT64_MAX), 10000U);
}

TEST(CgroupLimitsTest, TakesMemoryOffTheSumWithSwap) {
    spec::CgroupLimits limits;
    EXPECT_EQ(swap_alone(limits), UINT64_MAX);
    limits.memory_limit = 100;
    limits.memory_swap = 150;
    EXPECT_EQ(swap_alone(limits), 50U);
    limits.memory_swap = 99;
    EXPECT_THROW(static_cast<void>(swap_alone(limits)), Error);
    limits.memory_swap = -1;
    EXPECT_EQ(swap_alone(limits), UINT64_MAX);
    limits = {};
    limits.memory_swap = 5;
    EXPECT_THROW(static_cast<void>(swap_alone(limits)), Error);
}

TEST(UnitLimitsTest, SplitsWhatAUnitKnowsFromWhatItDoesNot) {
    spec::CgroupLimits limits;
    limits.memory_limit = 4096;
    limits.pids_limit = -1;
    limits.cpu_quota = 50'000;
    limits.cpu_shares = 1024;
    limits.cpus = "0";
    limits.unified = {{"memory.high", "1"}};
    const auto unit = unit_limits(limits);
    EXPECT_EQ(unit.at("MemoryMax"), 4096U);
    EXPECT_EQ(unit.at("TasksMax"), UINT64_MAX);
    EXPECT_EQ(unit.at("CPUQuotaPerSecUSec"), 500'000U);
    EXPECT_EQ(unit.at("CPUWeight"), 39U);
    const auto others = other_limits(limits);
    EXPECT_FALSE(others.memory_limit || others.pids_limit || others.cpu_quota);
    EXPECT_EQ(others.cpus, "0");
    EXPECT_EQ(others.unified, limits.unified);
}

TEST(WantsLimitsTest, DoesNotCountDeviceRules) {
    spec::CgroupLimits limits;
    limits.devices = {{}};
    EXPECT_FALSE(wants_limits(limits));
    limits.pids_limit = 5;
    EXPECT_TRUE(wants_limits(limits));
}

} // namespace
} // namespace berth::run::oci
