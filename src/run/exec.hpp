// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth-run exec FILE`: ExecStart= of an exec unit.
#pragma once

#include <string>

namespace berth::run {

/// Starts one more process in a running container: its namespaces, its cgroup, its filter and
/// capabilities. It is a child of this process's parent and the exec unit's main process.
void exec_in_container(const std::string& request_path);

} // namespace berth::run
