// SPDX-License-Identifier: LGPL-2.1-or-later
// The processes of a container, as ps(1) would list them.
#pragma once

#include <string>
#include <vector>

#include <container/engine.hpp>
#include <container/process_table.hpp>

namespace berth::container {

struct ProcessList {
    std::vector<std::string> titles;
    std::vector<std::vector<std::string>> rows;
};

/// `ps_options`: none or "-ef" for UID PID PPID C STIME TTY TIME CMD; "aux"; "-o pid,user,args".
/// NotRunning; InvalidArgument for other options.
[[nodiscard]] ProcessList top(Engine& engine, const ContainerId& id,
                              const std::vector<std::string>& ps_options);

/// The titles and the fields for these options; pure but for the clock and the names of users.
[[nodiscard]] ProcessList format_processes(const std::vector<ProcessInfo>& processes,
                                           const std::vector<std::string>& ps_options);

} // namespace berth::container
