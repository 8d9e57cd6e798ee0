// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cgroup.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::run::oci {

namespace {

constexpr std::uint64_t kDefaultPeriod = 100000;

class Writer {
  public:
    explicit Writer(std::string path) : path_(std::move(path)) {}

    void set(const std::string& file, const std::string& value) const {
        const base::Fd fd(::open((path_ + "/" + file).c_str(), O_WRONLY | O_CLOEXEC));
        if (!fd && errno == ENOENT) {
            throw Error(ErrorCode::Unsupported, "cannot set " + file + ": the controller '" +
                                                    file.substr(0, file.find('.')) +
                                                    "' is not available for cgroup '" + path_ +
                                                    "'");
        }
        if (!fd || ::write(fd.get(), value.data(), value.size()) < 0) {
            throw_errno("cannot set " + file + " to '" + value + "'");
        }
    }

    [[nodiscard]] bool has(const std::string& file) const {
        return ::access((path_ + "/" + file).c_str(), F_OK) == 0;
    }

  private:
    std::string path_;
};

std::string amount(std::int64_t value) {
    return value < 0 ? "max" : std::to_string(value);
}

void set_memory(const Writer& cgroup, const spec::CgroupLimits& limits) {
    if (limits.memory_limit) cgroup.set("memory.max", amount(*limits.memory_limit));
    if (limits.memory_reservation) cgroup.set("memory.low", amount(*limits.memory_reservation));
    if (!limits.memory_swap) return;
    // The specification counts memory and swap together, the kernel swap alone.
    std::int64_t swap = *limits.memory_swap;
    if (swap >= 0) {
        if (!limits.memory_limit || *limits.memory_limit < 0 || swap < *limits.memory_limit) {
            throw Error(ErrorCode::InvalidArgument,
                        "memory.swap needs a memory.limit that is not above it");
        }
        swap -= *limits.memory_limit;
    }
    // A kernel without swap accounting has no such file, and nothing to limit.
    if (swap != 0 || cgroup.has("memory.swap.max")) cgroup.set("memory.swap.max", amount(swap));
}

void set_cpu(const Writer& cgroup, const spec::CgroupLimits& limits) {
    if (limits.cpu_shares && *limits.cpu_shares != 0) {
        const auto shares = std::clamp<std::uint64_t>(*limits.cpu_shares, 2, 262144);
        cgroup.set("cpu.weight", std::to_string(1 + (shares - 2) * 9999 / 262142));
    }
    if (limits.cpu_quota || limits.cpu_period) {
        const auto quota = limits.cpu_quota.value_or(-1);
        cgroup.set("cpu.max", (quota <= 0 ? "max" : std::to_string(quota)) + " " +
                                  std::to_string(limits.cpu_period.value_or(kDefaultPeriod)));
    }
    if (limits.cpu_burst) cgroup.set("cpu.max.burst", std::to_string(*limits.cpu_burst));
    if (limits.cpu_idle) cgroup.set("cpu.idle", std::to_string(*limits.cpu_idle));
    if (!limits.cpus.empty()) cgroup.set("cpuset.cpus", limits.cpus);
    if (!limits.mems.empty()) cgroup.set("cpuset.mems", limits.mems);
}

void set_block_io(const Writer& cgroup, const spec::CgroupLimits& limits) {
    if (!limits.block_io_weight || *limits.block_io_weight == 0) return;
    if (cgroup.has("io.bfq.weight")) {
        cgroup.set("io.bfq.weight", std::to_string(*limits.block_io_weight));
        return;
    }
    const std::uint64_t weight = std::max<std::uint64_t>(*limits.block_io_weight, 10);
    cgroup.set("io.weight", std::to_string(1 + (weight - 10) * 9999 / 990));
}

void set_unified(const Writer& cgroup, const spec::CgroupLimits& limits) {
    for (const auto& [file, value] : limits.unified) {
        if (file.empty() || file.find('/') != std::string::npos) {
            throw Error(ErrorCode::InvalidArgument,
                        "'" + file.substr(0, 100) + "' in unified is no file of a cgroup");
        }
        for (const auto& line : base::split(value, '\n')) {
            if (!line.empty()) cgroup.set(file, line);
        }
    }
}

} // namespace

void apply_limits(const std::string& path, const spec::CgroupLimits& limits) {
    const Writer cgroup(path);
    set_memory(cgroup, limits);
    set_cpu(cgroup, limits);
    if (limits.pids_limit && *limits.pids_limit != 0) {
        cgroup.set("pids.max", amount(*limits.pids_limit));
    }
    set_block_io(cgroup, limits);
    for (const auto& [size, limit] : limits.hugepage_limits) {
        cgroup.set("hugetlb." + size + ".max", std::to_string(limit));
    }
    set_unified(cgroup, limits);
}

} // namespace berth::run::oci
