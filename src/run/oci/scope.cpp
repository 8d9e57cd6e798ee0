// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scope.hpp"

#include <ctime>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/oci/cgroup.hpp>

namespace berth::run::oci {

namespace {

constexpr std::uint64_t kInfinity = UINT64_MAX;

std::uint64_t amount(std::int64_t value) {
    return value < 0 ? kInfinity : static_cast<std::uint64_t>(value);
}

/// The unified hierarchy's part of /proc/PID/cgroup.
std::string cgroup_of(pid_t pid) {
    const auto text = base::read_file("/proc/" + std::to_string(pid) + "/cgroup", 65536);
    for (const auto& line : base::split(text, '\n')) {
        if (line.compare(0, 3, "0::") == 0) return line.substr(3);
    }
    throw Error(ErrorCode::Unsupported, "this machine has no cgroup v2 hierarchy");
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

std::string await_scope(const std::string& scope, pid_t pid) {
    constexpr timespec kPause{0, 2'000'000};
    for (int attempt = 0; attempt < 5000; ++attempt) {
        const auto place = cgroup_of(pid);
        if (place.ends_with("/" + scope)) return "/sys/fs/cgroup" + place;
        ::nanosleep(&kPause, nullptr);
    }
    throw Error(ErrorCode::Io, "systemd did not put the container into " + scope + " in time");
}

} // namespace berth::run::oci
