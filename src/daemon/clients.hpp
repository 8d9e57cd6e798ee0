// SPDX-License-Identifier: LGPL-2.1-or-later
// Who has called us and is still on the bus: a program that shows containers, or listens for
// events, wants berthd to be there.
#pragma once

#include <bus/connection.hpp>
#include <daemon/context.hpp>
#include <daemon/idle.hpp>

namespace berth::daemon {

class Clients {
  public:
    explicit Clients(Context& context);
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;
    ~Clients() = default;

  private:
    void called(const bus::Message& message);
    void all_gone();

    Context& context_;
    base::Handle<sd_bus_track, sd_bus_track_unref> track_;
    Idle::Hold hold_;
    bus::Slot filter_;
};

} // namespace berth::daemon
