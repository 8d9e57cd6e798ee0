// SPDX-License-Identifier: LGPL-2.1-or-later
// libsystemd, opened only where berth-run needs the bus: for a terminal, and at the end of a
// container that may be restarted. Loading it costs a sixth of a container's start.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <sys/types.h>

#include <base/fd.hpp>

namespace berth::run {

/// Hands a terminal's master to berthd (org.berth1.Manager.AdoptTerminal); `what` is
/// "container/ID" or "exec/ID".
void adopt_terminal(const std::string& what, const base::Fd& master);

/// Properties of a unit that are numbers, by name; UINT64_MAX: no limit.
using UnitLimits = std::map<std::string, std::uint64_t>;

struct ScopeRequest {
    std::string name;
    std::string slice;
    std::string description;
    pid_t pid = 0;
    UnitLimits limits;
};
/// Has PID 1 make a delegated scope around a process; it is on its way when this returns.
void start_scope(const ScopeRequest& request);
/// Changes the limits of a unit until it ends.
void change_unit(const std::string& name, const UnitLimits& limits);

/// Whether PID 1 has a job to stop (or restart) the unit this process belongs to: then the restart
/// policy does not act.
[[nodiscard]] bool is_being_stopped();

} // namespace berth::run
