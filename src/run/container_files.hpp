// SPDX-License-Identifier: LGPL-2.1-or-later
// What berth-run reads and writes of a container below the state and runtime directories.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include <base/fd.hpp>
#include <berth/id.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

/// containers/ID/config.json; NotFound for an unknown container.
[[nodiscard]] spec::Bundle load_bundle(const ContainerId& id);

/// A running container's first process, held: it can't be mistaken for a later one of that number.
struct InitProcess {
    pid_t pid = 0;
    base::Fd pidfd;
};

/// Keeps "PID STARTTIME" in /run/berth/containers/ID/pid.
void record_init(const ContainerId& id, pid_t pid);
/// Reads it back; empty if that process is gone.
[[nodiscard]] std::optional<InitProcess> find_init(const ContainerId& id);

/// Field 22 of /proc/PID/stat, clock ticks since boot; 0 if there is no such process or it is dead.
[[nodiscard]] std::uint64_t start_time(pid_t pid);

/// Tells the daemon why a start failed: "[CODE] message" in containers/ID/start-error.
void record_start_error(const ContainerId& id, int exit_code, const std::string& message) noexcept;
void clear_start_error(const ContainerId& id) noexcept;

/// The same for an exec request: beside FILE.json in FILE.error.
void record_exec_error(const std::string& request_path, int exit_code,
                       const std::string& message) noexcept;

/// The container's standard input when it is kept open without a client: a FIFO that never ends.
[[nodiscard]] base::Fd open_stdin_fifo(const ContainerId& id);

/// Removes what lives as long as a start.
void remove_runtime_files(const ContainerId& id) noexcept;

} // namespace berth::run
