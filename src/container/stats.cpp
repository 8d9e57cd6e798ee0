// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stats.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include <base/cgroup.hpp>
#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/strings.hpp>
#include <container/errors.hpp>
#include <container/process_table.hpp>
#include <container/state.hpp>

namespace berth::container {

namespace {

constexpr std::size_t kFileLimit = 1U << 20U;

std::string read_figures(const base::Dir& dir, const std::string& name) {
    const auto fd = dir.find_file(name, O_RDONLY);
    if (!fd) return {};
    try {
        return base::read_all(fd->get(), kFileLimit, name);
    } catch (const Error&) {
        return {}; // the cgroup or the process has just gone
    }
}

std::optional<std::uint64_t> number_in(const base::Dir& dir, const std::string& name) {
    return base::parse_number(base::trim(read_figures(dir, name)));
}

/// The sum of all "key=" in io.stat, which has a line a device.
std::optional<std::uint64_t> sum_of(const std::string& text, const std::string& key) {
    if (text.empty()) return std::nullopt;
    std::uint64_t sum = 0;
    for (const auto& line : base::split(text, '\n')) {
        for (const auto& word : base::split(line, ' ')) {
            if (word.rfind(key + "=", 0) != 0) continue;
            sum += base::parse_number(std::string_view(word).substr(key.size() + 1)).value_or(0);
        }
    }
    return sum;
}

void read_memory(const base::Dir& group, Stats& stats) {
    const std::uint64_t machine = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                  static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    stats.memory_limit = std::min(machine, number_in(group, "memory.max").value_or(machine));
    const auto used = number_in(group, "memory.current");
    if (!used) return;
    const auto cache = base::keyed_number(read_figures(group, "memory.stat"), "inactive_file");
    stats.memory = *used - std::min(*used, cache.value_or(0));
}

void read_network(int pid, Stats& stats) {
    const base::Dir proc = base::Dir::open("/proc");
    const std::string text = read_figures(proc, std::to_string(pid) + "/net/dev");
    if (text.empty()) return;
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    for (const auto& line : base::split(text, '\n')) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos) continue; // the two lines of titles
        if (base::trim(std::string_view(line).substr(0, colon)) == "lo") continue;
        std::vector<std::string> fields = base::split(line.substr(colon + 1), ' ');
        std::erase(fields, "");
        if (fields.size() < 9) continue;
        received += base::parse_number(fields[0]).value_or(0);
        sent += base::parse_number(fields[8]).value_or(0);
    }
    stats.net_rx = received;
    stats.net_tx = sent;
}

} // namespace

Stats read_stats(const std::string& control_group, int pid) {
    const base::Dir group = base::Dir::open(base::cgroup_path(control_group));
    Stats stats;
    read_memory(group, stats);
    stats.cpu_usec = base::keyed_number(read_figures(group, "cpu.stat"), "usage_usec");
    stats.pids = number_in(group, "pids.current");
    if (!stats.pids) stats.pids = cgroup_processes(control_group).size();
    const std::string io = read_figures(group, "io.stat");
    stats.io_read = sum_of(io, "rbytes");
    stats.io_write = sum_of(io, "wbytes");
    if (pid != 0) read_network(pid, stats);
    return stats;
}

Stats stats(Engine& engine, const ContainerId& id) {
    const auto record = engine.store().container(id);
    const auto unit = engine.units().status(record.unit);
    const auto condition = condition_of(record, unit);
    if (condition.pid == 0 || condition.control_group.empty()) throw NotRunning(record.name);
    return read_stats(condition.control_group, condition.pid);
}

} // namespace berth::container
