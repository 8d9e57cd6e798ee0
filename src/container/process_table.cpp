// SPDX-License-Identifier: LGPL-2.1-or-later
#include "process_table.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/cgroup.hpp>
#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/strings.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::container {

namespace {

constexpr std::size_t kProcFileLimit = 8U << 20U;
constexpr std::size_t kCommandLimit = 4096; // shown of a command line

std::string read_or_nothing(const base::Dir& dir, const std::string& name) {
    try {
        const base::Fd fd = dir.open_file(name, O_RDONLY);
        return base::read_all(fd.get(), kProcFileLimit, name);
    } catch (const Error&) {
        return {}; // ended meanwhile
    }
}

void add_processes(const std::string& text, std::vector<int>& pids) {
    for (const auto& line : base::split(text, '\n')) {
        if (const auto pid = base::parse_number(line, 1U << 30U)) {
            pids.push_back(static_cast<int>(*pid));
        }
    }
}

std::uint32_t uid_of(const std::string& status) {
    const std::size_t at = status.find("\nUid:\t");
    if (at == std::string::npos) return 0;
    const std::size_t start = at + 6;
    const std::size_t end = status.find('\t', start);
    const auto uid = base::parse_number(std::string_view(status).substr(start, end - start));
    return static_cast<std::uint32_t>(uid.value_or(0));
}

std::string command_of(std::string arguments, const std::string& name) {
    while (!arguments.empty() && arguments.back() == '\0')
        arguments.pop_back();
    if (arguments.empty()) return "[" + base::printable(name) + "]";
    arguments.resize(std::min(arguments.size(), kCommandLimit));
    std::replace(arguments.begin(), arguments.end(), '\0', ' ');
    return base::printable(arguments);
}

} // namespace

std::vector<int> cgroup_processes(const std::string& control_group) {
    const base::Dir top = base::Dir::open(base::cgroup_path(control_group));
    std::vector<int> pids;
    add_processes(read_or_nothing(top, "cgroup.procs"), pids);
    base::walk_tree(top.fd(), [&](const base::WalkEntry& entry) {
        if (!S_ISDIR(entry.status.st_mode)) return false;
        add_processes(read_or_nothing(top, entry.path + "/cgroup.procs"), pids);
        return true;
    });
    std::sort(pids.begin(), pids.end());
    return pids;
}

std::optional<ProcessInfo> parse_stat(const std::string& text) {
    // The name is in parentheses and may hold any byte, parentheses too: the last one counts.
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) return {};
    const auto pid = base::parse_number(base::trim(std::string_view(text).substr(0, open)));
    const auto fields = base::split(base::trim(std::string_view(text).substr(close + 1)), ' ');
    if (!pid || fields.size() < 22 || fields[0].size() != 1) return {};
    // fields[0] is the third of proc(5)'s list.
    const auto number = [&](std::size_t field) {
        return base::parse_number(fields[field - 3]).value_or(0);
    };
    ProcessInfo process;
    process.pid = static_cast<int>(*pid);
    process.name = text.substr(open + 1, close - open - 1);
    process.state = fields[0][0];
    process.parent = static_cast<int>(number(4));
    process.terminal = static_cast<int>(number(7));
    process.cpu_ticks = number(14) + number(15);
    const bool negative = fields[16][0] == '-';
    const auto nice = base::parse_number(std::string_view(fields[16]).substr(negative ? 1 : 0));
    process.nice = static_cast<std::int64_t>(nice.value_or(0)) * (negative ? -1 : 1);
    process.threads = number(20);
    process.start_ticks = number(22);
    process.virtual_bytes = number(23);
    process.resident_bytes = number(24) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return process;
}

std::vector<ProcessInfo> read_processes(const std::vector<int>& pids) {
    const base::Dir proc = base::Dir::open("/proc");
    std::vector<ProcessInfo> processes;
    for (const int pid : pids) {
        const std::string dir = std::to_string(pid);
        auto process = parse_stat(read_or_nothing(proc, dir + "/stat"));
        if (!process) continue;
        process->uid = uid_of(read_or_nothing(proc, dir + "/status"));
        process->command = command_of(read_or_nothing(proc, dir + "/cmdline"), process->name);
        processes.push_back(std::move(*process));
    }
    return processes;
}

} // namespace berth::container
