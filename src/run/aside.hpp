// SPDX-License-Identifier: LGPL-2.1-or-later
// Work on block devices. The rules of a container's unit about devices hold for everything in its
// cgroup, so for the runner too: what needs devices of the host is done in a scope of its own.
#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

#include <base/fd.hpp>
#include <berth/id.hpp>

namespace berth::run {

/// Waits until the process is in the scope's cgroup; its directory.
[[nodiscard]] std::string await_scope(const std::string& scope, pid_t pid);

/// Has a copy of this process do `work` in a scope of its own, and returns the descriptor it
/// returned, if any. What it throws is thrown here.
base::Fd run_aside(const ContainerId& id, const std::function<base::Fd()>& work);

} // namespace berth::run
