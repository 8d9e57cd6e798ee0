// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scope.hpp"

#include <run/oci/cgroup.hpp>

namespace berth::run::oci {

namespace {

constexpr std::uint64_t kInfinity = UINT64_MAX;

std::uint64_t amount(std::int64_t value) {
    return value < 0 ? kInfinity : static_cast<std::uint64_t>(value);
}

} // namespace

UnitLimits unit_limits(const spec::CgroupLimits& limits) {
    UnitLimits unit;
    if (limits.memory_limit) unit["MemoryMax"] = amount(*limits.memory_limit);
    if (limits.memory_reservation) unit["MemoryLow"] = amount(*limits.memory_reservation);
    if (limits.memory_swap) unit["MemorySwapMax"] = swap_alone(limits);
    if (limits.pids_limit && *limits.pids_limit != 0) unit["TasksMax"] = amount(*limits.pids_limit);
    if (limits.cpu_shares && *limits.cpu_shares != 0) {
        unit["CPUWeight"] = cpu_weight(*limits.cpu_shares);
    }
    if (limits.cpu_quota || limits.cpu_period) {
        const auto period = limits.cpu_period.value_or(kDefaultCpuPeriod);
        const auto quota = limits.cpu_quota.value_or(-1);
        unit["CPUQuotaPeriodUSec"] = period;
        unit["CPUQuotaPerSecUSec"] =
            quota <= 0 ? kInfinity : static_cast<std::uint64_t>(quota) * 1'000'000 / period;
    }
    return unit;
}

spec::CgroupLimits other_limits(const spec::CgroupLimits& limits) {
    auto others = limits;
    others.memory_limit.reset();
    others.memory_reservation.reset();
    others.memory_swap.reset();
    others.pids_limit.reset();
    others.cpu_shares.reset();
    others.cpu_quota.reset();
    others.cpu_period.reset();
    return others;
}

} // namespace berth::run::oci
