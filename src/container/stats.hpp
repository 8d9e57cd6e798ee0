// SPDX-License-Identifier: LGPL-2.1-or-later
// What a container uses now: from its cgroup and its network namespace.
#pragma once

#include <cstdint>
#include <optional>

#include <container/engine.hpp>

namespace berth::container {

/// Empty where the kernel does not count it (a controller that is missing).
struct Stats {
    std::optional<std::uint64_t> memory; ///< bytes, without caches that can be dropped
    std::uint64_t memory_limit = 0;      ///< bytes; the machine's memory when it has none
    std::optional<std::uint64_t> cpu_usec;
    std::optional<std::uint64_t> pids;
    std::optional<std::uint64_t> io_read; ///< bytes
    std::optional<std::uint64_t> io_write;
    std::optional<std::uint64_t> net_rx; ///< bytes, all interfaces but the loopback
    std::optional<std::uint64_t> net_tx;
};

/// NotRunning.
[[nodiscard]] Stats stats(Engine& engine, const ContainerId& id);
/// Of a cgroup alone; the network of the process `pid` if it is not 0.
[[nodiscard]] Stats read_stats(const std::string& control_group, int pid);

} // namespace berth::container
