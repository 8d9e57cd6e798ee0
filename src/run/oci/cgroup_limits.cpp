// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cgroup.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::run::oci {

namespace {

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
    const auto swap = swap_alone(limits);
    // A kernel without swap accounting has no such file, and nothing to limit.
    const bool nothing = swap == 0 || swap == UINT64_MAX;
    if (nothing && !cgroup.has("memory.swap.max")) return;
    cgroup.set("memory.swap.max", swap == UINT64_MAX ? "max" : std::to_string(swap));
}

void set_cpu(const Writer& cgroup, const spec::CgroupLimits& limits) {
    if (limits.cpu_shares && *limits.cpu_shares != 0) {
        cgroup.set("cpu.weight", std::to_string(cpu_weight(*limits.cpu_shares)));
    }
    if (limits.cpu_quota || limits.cpu_period) {
        const auto quota = limits.cpu_quota.value_or(-1);
        cgroup.set("cpu.max", (quota <= 0 ? "max" : std::to_string(quota)) + " " +
                                  std::to_string(limits.cpu_period.value_or(kDefaultCpuPeriod)));
    }
    if (limits.cpu_burst) cgroup.set("cpu.max.burst", std::to_string(*limits.cpu_burst));
    if (limits.cpu_idle) cgroup.set("cpu.idle", std::to_string(*limits.cpu_idle));
    if (!limits.cpus.empty()) cgroup.set("cpuset.cpus", limits.cpus);
    if (!limits.mems.empty()) cgroup.set("cpuset.mems", limits.mems);
}

/// From the specification's 10..1000 to the kernel's 1..10000, unless the scheduler is BFQ.
std::string scaled_weight(bool bfq, std::uint64_t weight) {
    if (bfq) return std::to_string(weight);
    return std::to_string(1 + (std::max<std::uint64_t>(weight, 10) - 10) * 9999 / 990);
}

void set_block_io(const Writer& cgroup, const spec::CgroupLimits& limits) {
    const bool bfq = cgroup.has("io.bfq.weight");
    const std::string file = bfq ? "io.bfq.weight" : "io.weight";
    if (limits.block_io_weight.value_or(0) != 0) {
        cgroup.set(file, scaled_weight(bfq, *limits.block_io_weight));
    }
    const auto device = [](std::int64_t major, std::int64_t minor) {
        return std::to_string(major) + ":" + std::to_string(minor) + " ";
    };
    for (const auto& item : limits.io_weights) {
        cgroup.set(file, device(item.major, item.minor) + scaled_weight(bfq, item.weight));
    }
    for (const auto& item : limits.io_throttles) {
        cgroup.set("io.max", device(item.major, item.minor) + item.kind + "=" +
                                 (item.rate == 0 ? "max" : std::to_string(item.rate)));
    }
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

std::uint64_t cpu_weight(std::uint64_t shares) {
    return 1 + (std::clamp<std::uint64_t>(shares, 2, 262144) - 2) * 9999 / 262142;
}

std::uint64_t swap_alone(const spec::CgroupLimits& limits) {
    const auto both = limits.memory_swap.value_or(-1);
    if (both < 0) return UINT64_MAX;
    const auto memory = limits.memory_limit.value_or(-1);
    if (memory < 0 || both < memory) {
        throw Error(ErrorCode::InvalidArgument,
                    "memory.swap counts memory too: it needs a memory.limit that is not above it");
    }
    return static_cast<std::uint64_t>(both - memory);
}

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
    for (const auto& [device, line] : limits.rdma) {
        cgroup.set("rdma.max", device + " " + line);
    }
    set_unified(cgroup, limits);
}

} // namespace berth::run::oci
