// SPDX-License-Identifier: LGPL-2.1-or-later
// The steps of a container's life that several commands take: made, started, destroyed.
// Source: OCI runtime-spec, runtime.md "Lifecycle".
#pragma once

#include <string>

#include <base/fd.hpp>
#include <run/oci/state.hpp>
#include <run/oci/verb.hpp>

namespace berth::run::oci {

struct MakeRequest {
    std::string id;
    std::string bundle = ".";
    std::string config = "config.json"; ///< in the bundle, or a path
    std::string console_socket;
    std::string pid_file;
    unsigned preserve_fds = 0;
    bool pivot = true;
    bool new_keyring = true;
    bool keeps_terminal = false; ///< the terminal's master comes back: `run` in the foreground
};

struct Made {
    StateDir dir;
    State state;
    base::Fd pidfd;
    base::Fd terminal; ///< with keeps_terminal and process.terminal
};

/// Steps 2 to 5 of the lifecycle: all but the program. Its process waits for the start, a child of
/// this one; when a step fails nothing is left and the poststop hooks have run.
[[nodiscard]] Made make_container(const Globals& globals, const MakeRequest& request);

/// Steps 7 to 9. When a hook fails the container is destroyed.
void start_container(const StateDir& dir, State state);

/// Steps 12 and 13, of a container whose process has ended.
void destroy_container(const StateDir& dir, const State& state);

/// Sends SIGKILL and waits until the process has ended.
void kill_and_wait(const State& state);

/// Writes a process id for whoever asked for it.
void write_pid_file(const std::string& path, pid_t pid);

} // namespace berth::run::oci
