// SPDX-License-Identifier: LGPL-2.1-or-later
// UnitWatch tells when a unit of berth's changes its state or is gone. It only listens.
#pragma once

#include <functional>
#include <string>

#include <bus/connection.hpp>

namespace berth::systemd {

enum class UnitChange {
    State,  ///< ActiveState or SubState: look at the unit
    Gone,   ///< systemd has let it go
    Missed, ///< the connection was broken for a while (unit is ""): look at all
};

using UnitHandler = std::function<void(const std::string& unit, UnitChange change)>;

class UnitWatch {
  public:
    /// Only units whose name starts with `prefix`. `service` is empty without a broker.
    UnitWatch(bus::Connection& connection, const std::string& service, std::string prefix,
              UnitHandler handler);

  private:
    void on_properties(bus::Message signal);
    void on_removed(bus::Message signal);

    std::string prefix_;
    UnitHandler handler_;
    bus::Slot properties_;
    bus::Slot removed_;
};

} // namespace berth::systemd
