// SPDX-License-Identifier: LGPL-2.1-or-later
// What Manager.RunContainer and Container.Start share: the options of a start, and what follows one
// that succeeded.
#pragma once

#include <string>

#include <bus/object.hpp>
#include <container/start.hpp>
#include <daemon/context.hpp>

namespace berth::daemon {

struct Launch {
    container::StartOptions options;
    bool terminal = false; ///< the caller wants the container's terminal
    std::string client;
};

/// "rows" and "columns" of the caller's terminal. InvalidArgument.
[[nodiscard]] container::ConsoleSize read_console_size(const bus::Dict& options);

/// stdin, stdout, stderr, attach, rows, columns, detach. InvalidArgument.
[[nodiscard]] Launch read_launch(const bus::Call& call, const bus::Dict& options);

/// Tells of the start and returns what the caller gets: unit, terminal.
[[nodiscard]] bus::Dict launched(Context& context, const store::ContainerRecord& record,
                                 const container::Started& started, const Launch& launch);

} // namespace berth::daemon
