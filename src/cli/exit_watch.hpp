// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client.hpp"
#include "session.hpp"

#include <map>
#include <string>

namespace berth::cli {

/// How a container ended, also when --rm has removed it before it could be asked: the events are
/// watched from before it started.
class ExitWatch {
  public:
    explicit ExitWatch(Client& client);

    /// The exit status; 0 when the user detached. Throws what Wait says went wrong.
    [[nodiscard]] int wait(Session& session, const std::string& path, const std::string& id);

  private:
    void event(bus::Message& signal);

    Client& client_;
    bus::Slot slot_;
    std::map<std::string, int> exits_;
};

} // namespace berth::cli
