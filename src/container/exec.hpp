// SPDX-License-Identifier: LGPL-2.1-or-later
// Running another command in a container, as a unit of its own that ends with the container's.
#pragma once

#include <string>
#include <vector>

#include <container/start.hpp>

namespace berth::container {

struct ExecOptions {
    std::vector<std::string> argv;
    std::vector<std::string> env; ///< over the container's own
    std::string cwd;              ///< empty: the container's
    std::string user;             ///< empty: the container's
    bool tty = false;
    bool privileged = false;
    Stdio stdio;
    ConsoleSize console;
};

/// "1a2b3c4d": eight hexadecimal digits.
[[nodiscard]] std::string new_exec_id();
/// "berth-exec-<id>.service"
[[nodiscard]] std::string exec_unit(const std::string& exec_id);

/// Returns when the command runs, with its unit and process. NotRunning; Busy while it is paused;
/// StartFailed with 126 or 127 as docker.
Started exec(Engine& engine, const ContainerId& id, const std::string& exec_id,
             const ExecOptions& options);

/// To be called when its unit is gone: takes the request file away. Harmless when it is.
void finish_exec(const std::string& exec_id) noexcept;

} // namespace berth::container
