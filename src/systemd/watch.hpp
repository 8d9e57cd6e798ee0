// SPDX-License-Identifier: LGPL-2.1-or-later
// UnitWatch tells when a unit of berth's changes its state or is gone. It only listens.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include <bus/connection.hpp>

namespace berth::systemd {

enum class UnitChange {
    State,  ///< ActiveState or SubState: look at the unit
    Gone,   ///< systemd has let it go
    Missed, ///< the connection was broken for a while (unit is ""): look at all
};

struct UnitEvent {
    std::string unit;
    UnitChange change = UnitChange::State;
    std::string active_state; ///< of State: as in UnitRow
    std::string sub_state;
    std::int32_t main_code = 0;   ///< of the main process: CLD_EXITED, CLD_KILLED, CLD_DUMPED
    std::int32_t main_status = 0; ///< its exit status or signal; 0, 0: not known

    bool started = false; ///< it has been seen running, or on its way up or down

    /// What ran has ended, for good or until it is restarted. A new unit is inactive as well.
    [[nodiscard]] bool ended() const noexcept {
        const bool inactive = active_state == "inactive" || active_state == "failed";
        return change != UnitChange::State || (started && inactive) || sub_state == "auto-restart";
    }
};

using UnitHandler = std::function<void(const UnitEvent& event)>;

class UnitWatch {
  public:
    /// Only units whose name starts with `prefix`. `service` is empty without a broker.
    UnitWatch(bus::Connection& connection, const std::string& service, std::string prefix,
              UnitHandler handler);

  private:
    struct Seen {
        bool started = false;
        std::int32_t main_code = 0;
        std::int32_t main_status = 0;
    };
    void on_unit(bus::Message signal);
    void on_service(bus::Message signal);
    void on_removed(bus::Message signal);
    void tell(UnitEvent event);

    std::string prefix_;
    UnitHandler handler_;
    /// A unit may be gone before anybody can ask how its process ended, so that is remembered from
    /// the signal that told it, until the unit is gone.
    std::map<std::string, Seen> seen_;
    bus::Slot unit_;
    bus::Slot service_;
    bus::Slot removed_;
};

} // namespace berth::systemd
