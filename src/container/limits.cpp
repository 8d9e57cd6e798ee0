// SPDX-License-Identifier: LGPL-2.1-or-later
#include "limits.hpp"

#include <algorithm>

namespace berth::container {

namespace {

using systemd::kInfinity;
using systemd::UnitProperties;

// cgroup v2 weights 1..10000 for v1 shares 2..262144 and blkio weights 10..1000, as runc and crun
// map them.
struct Scale {
    std::uint64_t least;
    std::uint64_t most;
};
constexpr Scale kShares{2, 262144};
constexpr Scale kBlockWeights{10, 1000};
constexpr std::uint64_t kSpan = 9999;

// 0 for a unit that is gone, which has the default for everything.
constexpr const char* kStarted = "ExecMainStartTimestampMonotonic";

std::uint64_t to_weight(std::uint64_t value, Scale scale) {
    if (value == 0) return kInfinity; // not set
    value = std::clamp(value, scale.least, scale.most);
    return 1 + (value - scale.least) * kSpan / (scale.most - scale.least);
}

/// The least value that has this weight.
std::uint64_t from_weight(std::uint64_t weight, Scale scale) {
    if (weight == kInfinity || weight == 0) return 0;
    const std::uint64_t steps = (weight - 1) * (scale.most - scale.least);
    return scale.least + (steps + kSpan - 1) / kSpan;
}

std::uint64_t or_none(std::uint64_t value) {
    return value == 0 ? kInfinity : value;
}

std::uint64_t or_zero(std::uint64_t value) {
    return value == kInfinity ? 0 : value;
}

std::uint64_t swap_max(const spec::Resources& resources) {
    if (resources.memory == 0 || resources.memory_swap < 0) return kInfinity;
    // Docker's default: as much swap again as memory.
    if (resources.memory_swap == 0) return resources.memory;
    return static_cast<std::uint64_t>(resources.memory_swap) - resources.memory;
}

/// Docker tells the sum of both.
std::int64_t sum_with_swap(std::uint64_t memory, std::uint64_t swap) {
    if (memory == 0) return 0;
    return swap == kInfinity ? -1 : static_cast<std::int64_t>(memory + swap);
}

} // namespace

UnitProperties limit_properties(const spec::Resources& resources) {
    UnitProperties unit;
    unit.set("MemoryMax", or_none(resources.memory));
    unit.set("MemorySwapMax", swap_max(resources));
    unit.set("MemoryLow", resources.memory_reservation);
    unit.set("CPUQuotaPerSecUSec", or_none(resources.nano_cpus / 1000));
    unit.set("CPUWeight", to_weight(resources.cpu_shares, kShares));
    unit.set("TasksMax", resources.pids_limit <= 0
                             ? kInfinity
                             : static_cast<std::uint64_t>(resources.pids_limit));
    unit.set("IOWeight", to_weight(resources.blkio_weight, kBlockWeights));
    if (!resources.cpuset_cpus.empty()) unit.set_cpu_list("AllowedCPUs", resources.cpuset_cpus);
    if (!resources.cpuset_mems.empty()) {
        unit.set_cpu_list("AllowedMemoryNodes", resources.cpuset_mems);
    }
    return unit;
}

UnitProperties changed_limits(const spec::Resources& before, const spec::Resources& now) {
    const auto old = limit_properties(before);
    const auto all = limit_properties(now);
    UnitProperties changed;
    for (const auto& [name, value] : all.entries()) {
        const auto* known = old.find(name);
        if (known == nullptr || *known != value) changed.set(name, value);
    }
    return changed;
}

const std::vector<std::string>& limit_names() {
    static const std::vector<std::string> names{"MemoryMax",          "MemorySwapMax", "MemoryLow",
                                                "CPUQuotaPerSecUSec", "CPUWeight",     "TasksMax",
                                                "IOWeight",           kStarted};
    return names;
}

spec::Resources live_limits(const spec::Resources& wanted,
                            const std::map<std::string, std::uint64_t>& unit) {
    const auto started = unit.find(kStarted);
    if (started != unit.end() && started->second == 0) return wanted;
    const auto expected = limit_properties(wanted);
    const auto is_changed = [&](const std::string& name) {
        const auto live = unit.find(name);
        const auto* known = expected.find(name);
        return live != unit.end() && known != nullptr &&
               *known != UnitProperties::Value(live->second);
    };
    spec::Resources limits = wanted;
    if (is_changed("MemoryMax")) limits.memory = or_zero(unit.at("MemoryMax"));
    if (is_changed("MemoryMax") || is_changed("MemorySwapMax")) {
        const auto swap = unit.find("MemorySwapMax");
        limits.memory_swap =
            sum_with_swap(limits.memory, swap == unit.end() ? swap_max(wanted) : swap->second);
    }
    if (is_changed("MemoryLow")) limits.memory_reservation = or_zero(unit.at("MemoryLow"));
    if (is_changed("CPUQuotaPerSecUSec")) {
        limits.nano_cpus = or_zero(unit.at("CPUQuotaPerSecUSec")) * 1000;
    }
    if (is_changed("CPUWeight")) limits.cpu_shares = from_weight(unit.at("CPUWeight"), kShares);
    if (is_changed("TasksMax")) {
        limits.pids_limit = static_cast<std::int64_t>(or_zero(unit.at("TasksMax")));
    }
    if (is_changed("IOWeight")) {
        limits.blkio_weight = from_weight(unit.at("IOWeight"), kBlockWeights);
    }
    return limits;
}

} // namespace berth::container
