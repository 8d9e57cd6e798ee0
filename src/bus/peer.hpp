// SPDX-License-Identifier: LGPL-2.1-or-later
// Who is calling, and whether they are still there.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <sys/types.h>

#include <bus/connection.hpp>
#include <bus/object.hpp>

namespace berth::bus {

/// Finds out the user behind a message. Unique names are never used twice, so answers are kept.
class Peers {
  public:
    /// The caller's effective user id; without a broker the one of the process on the other side.
    [[nodiscard]] uid_t uid_of(const Message& message);

  private:
    std::map<std::string, uid_t> known_;
};

/// Calls `gone` once when the bus name `sender` has left the bus. Without a broker (empty sender)
/// when the connection ends.
[[nodiscard]] Slot watch_peer(Connection& connection, const std::string& sender,
                              std::function<void()> gone);

/// Asks the broker whether somebody has that name now.
[[nodiscard]] bool is_on_bus(Connection& connection, const std::string& name);

} // namespace berth::bus
