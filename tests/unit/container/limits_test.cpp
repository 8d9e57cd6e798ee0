// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <container/limits.hpp>

namespace berth::container {
namespace {

using systemd::kInfinity;

const spec::Resources kAll{.memory = 64U << 20U,
                           .memory_swap = 96U << 20U,
                           .memory_reservation = 32U << 20U,
                           .nano_cpus = 500'000'000,
                           .cpu_shares = 2048,
                           .cpuset_cpus = "0-1",
                           .pids_limit = 20,
                           .blkio_weight = 500};

/// What a unit with these limits answers.
std::map<std::string, std::uint64_t> numbers_of(const spec::Resources& resources) {
    std::map<std::string, std::uint64_t> numbers;
    const auto unit = limit_properties(resources);
    for (const auto& name : limit_names()) {
        if (const auto* value = unit.find(name)) numbers[name] = std::get<std::uint64_t>(*value);
    }
    return numbers;
}

std::vector<std::string> names_of(const systemd::UnitProperties& unit) {
    std::vector<std::string> names;
    for (const auto& [name, value] : unit.entries())
        names.push_back(name);
    return names;
}

TEST(LimitsTest, ASwapLimitIsTheSumLessTheMemory) {
    EXPECT_EQ(numbers_of(kAll).at("MemorySwapMax"), 32U << 20U);
    EXPECT_EQ(numbers_of({.memory = 64}).at("MemorySwapMax"), 64U);
    EXPECT_EQ(numbers_of({.memory = 64, .memory_swap = -1}).at("MemorySwapMax"), kInfinity);
}

TEST(LimitsTest, AnUpdateNamesOnlyWhatChanges) {
    auto now = kAll;
    EXPECT_EQ(names_of(changed_limits(kAll, now)), std::vector<std::string>{});
    now.pids_limit = 30;
    now.cpuset_cpus = "1";
    EXPECT_EQ(names_of(changed_limits(kAll, now)),
              (std::vector<std::string>{"TasksMax", "AllowedCPUs"}));
    now.memory = 0;
    EXPECT_EQ(std::get<std::uint64_t>(*changed_limits(kAll, now).find("MemoryMax")), kInfinity);
}

TEST(LimitsTest, AnUntouchedUnitHasWhatWasAskedFor) {
    const auto live = live_limits(kAll, numbers_of(kAll));
    EXPECT_EQ(live.memory_swap, kAll.memory_swap);
    EXPECT_EQ(live.cpu_shares, kAll.cpu_shares);
    EXPECT_EQ(live.blkio_weight, kAll.blkio_weight);
}

TEST(LimitsTest, WhatAnAdministratorChangedCounts) {
    auto unit = numbers_of(kAll);
    unit["MemoryMax"] = 80U << 20U;
    unit["CPUQuotaPerSecUSec"] = kInfinity;
    unit["CPUWeight"] = 1;
    unit["TasksMax"] = 5;
    const auto live = live_limits(kAll, unit);
    EXPECT_EQ(live.memory, 80U << 20U);
    EXPECT_EQ(live.memory_swap, 112LL << 20U);
    EXPECT_EQ(live.nano_cpus, 0U);
    EXPECT_EQ(live.cpu_shares, 2U);
    EXPECT_EQ(live.pids_limit, 5);
    EXPECT_EQ(live.memory_reservation, kAll.memory_reservation);
}

TEST(LimitsTest, AWeightLeadsBackToItself) {
    for (const std::uint64_t weight : {1U, 39U, 79U, 100U, 4950U, 10000U}) {
        auto unit = numbers_of({});
        unit["CPUWeight"] = weight;
        EXPECT_EQ(numbers_of(live_limits({}, unit)).at("CPUWeight"), weight);
    }
}

TEST(LimitsTest, AUnitThatIsGoneSaysNothing) {
    auto unit = numbers_of({});
    unit["ExecMainStartTimestampMonotonic"] = 0;
    EXPECT_EQ(live_limits(kAll, unit).memory, kAll.memory);
}

} // namespace
} // namespace berth::container
