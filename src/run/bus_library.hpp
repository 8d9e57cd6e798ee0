// SPDX-License-Identifier: LGPL-2.1-or-later
// libsystemd, opened only where berth-run needs the bus: for a terminal, and at the end of a
// container that may be restarted. Loading it costs a sixth of a container's start.
#pragma once

#include <string>

#include <sys/types.h>

#include <base/fd.hpp>

namespace berth::run {

/// Hands a terminal's master to berthd (org.berth1.Manager.AdoptTerminal); `what` is
/// "container/ID" or "exec/ID".
void adopt_terminal(const std::string& what, const base::Fd& master);

/// Whether PID 1 has a job to stop (or restart) the unit this process belongs to: then the restart
/// policy does not act.
[[nodiscard]] bool is_being_stopped();

} // namespace berth::run
