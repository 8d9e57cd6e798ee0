// SPDX-License-Identifier: LGPL-2.1-or-later
// The unix sockets of berth-oci: where a created container waits for its start, whom a terminal and
// the listener of a system call filter are given to.
#pragma once

#include <string>

#include <base/fd.hpp>
#include <run/channel.hpp>
#include <run/oci/state.hpp>

namespace berth::run::oci {

/// Binds the container's start socket.
[[nodiscard]] base::Fd listen_for_start(const StateDir& dir);
/// Waits for `start` on it: the channel to speak on from then on. A caller that goes away again
/// without a word is nobody.
[[nodiscard]] Channel await_start(int listener);
/// The other end of that. Nobody else can start the container any more.
[[nodiscard]] Channel connect_to_start(const StateDir& dir);

/// Connects to a stream socket of somebody else's; any length of path.
[[nodiscard]] base::Fd connect_stream(const std::string& path);
/// Sends `text` and one descriptor.
void send_with_fd(int socket, const std::string& text, int fd);

} // namespace berth::run::oci
