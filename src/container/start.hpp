// SPDX-License-Identifier: LGPL-2.1-or-later
// Starting a container: its bundle and files are written, its transient unit is started, and PID 1
// and berth-run do the rest.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <base/fd.hpp>
#include <container/create.hpp>
#include <container/errors.hpp>

namespace berth::container {

/// The caller's own descriptors; those that are absent are null (input) and the journal (output).
struct Stdio {
    std::shared_ptr<base::Fd> in;
    std::shared_ptr<base::Fd> out;
    std::shared_ptr<base::Fd> err;
    [[nodiscard]] bool any() const noexcept { return in || out || err; }
};

/// Of the caller's terminal, in characters; 0: not known.
struct ConsoleSize {
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
};

struct StartOptions {
    Stdio stdio;
    ConsoleSize console;
    bool attached = false; ///< the client stays: in the foreground, by stdio or terminal
};

struct Started {
    std::string unit;
    int pid = 0; ///< 0: it has ended already
};

/// AlreadyRunning, StartFailed, Denied...
Started start(Engine& engine, const ContainerId& id, const StartOptions& options);

/// What berth-run wrote about a failure, as an error: "[127] message", where no number means
/// `code`; `otherwise` is the message when it wrote nothing.
[[nodiscard]] StartFailed start_failure(std::string written, int code,
                                        const std::string& otherwise);

struct Ran {
    Created created;
    Started started;
};
/// create() and start() with one record written; what was created is removed when it does not start
/// and has --rm (as docker, a container without --rm stays, to be looked at).
Ran run(Engine& engine, const Prepared& prepared, const StartOptions& options);

} // namespace berth::container
