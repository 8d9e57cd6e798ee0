// SPDX-License-Identifier: LGPL-2.1-or-later
// Processes of a cgroup and all below it, read from /proc by number. Nothing of the container is
// executed or entered. Source: proc(5), cgroups(7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace berth::container {

struct ProcessInfo {
    int pid = 0;
    int parent = 0;
    std::uint32_t uid = 0;
    char state = '?';
    int terminal = 0; ///< device number, 0: none
    std::int64_t nice = 0;
    std::uint64_t threads = 0;
    std::uint64_t cpu_ticks = 0;   ///< user and system, in clock ticks
    std::uint64_t start_ticks = 0; ///< after the boot, in clock ticks
    std::uint64_t virtual_bytes = 0;
    std::uint64_t resident_bytes = 0;
    std::string name;    ///< comm
    std::string command; ///< arguments joined by spaces; "[comm]" when it has none
};

/// The numbers of all processes in the cgroup ("/berth.slice/berth-web.service") and below.
[[nodiscard]] std::vector<int> cgroup_processes(const std::string& control_group);
/// In order of their numbers; those that end meanwhile are left out.
[[nodiscard]] std::vector<ProcessInfo> read_processes(const std::vector<int>& pids);
/// From /proc/PID/stat; empty when it is no such text.
[[nodiscard]] std::optional<ProcessInfo> parse_stat(const std::string& text);

} // namespace berth::container
