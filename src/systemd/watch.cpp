// SPDX-License-Identifier: LGPL-2.1-or-later
#include "watch.hpp"

#include <utility>

#include <systemd/unit_path.hpp>

namespace berth::systemd {

namespace {

constexpr const char* kUnitRule =
    "type='signal',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
    "path_namespace='/org/freedesktop/systemd1/unit',arg0='org.freedesktop.systemd1.Unit'";
constexpr const char* kServiceRule =
    "type='signal',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
    "path_namespace='/org/freedesktop/systemd1/unit',arg0='org.freedesktop.systemd1.Service'";
constexpr const char* kRemovedRule =
    "type='signal',interface='org.freedesktop.systemd1.Manager',member='UnitRemoved',"
    "path='/org/freedesktop/systemd1'";

std::string from(const std::string& service, const char* rule) {
    return service.empty() ? rule : "sender='" + service + "'," + rule;
}

} // namespace

UnitWatch::UnitWatch(bus::Connection& connection, const std::string& service, std::string prefix,
                     UnitHandler handler)
    : prefix_(std::move(prefix)), handler_(std::move(handler)),
      unit_(connection.match(from(service, kUnitRule),
                             [this](bus::Message signal) { on_unit(signal); })),
      service_(connection.match(from(service, kServiceRule),
                                [this](bus::Message signal) { on_service(signal); })),
      removed_(connection.match(from(service, kRemovedRule),
                                [this](bus::Message signal) { on_removed(signal); })) {}

void UnitWatch::on_unit(bus::Message signal) {
    const std::string unit = unit_of_path(signal.path());
    if (!unit.starts_with(prefix_)) return;
    static_cast<void>(signal.read<std::string>());
    const bus::Dict changed = bus::read_properties(signal);
    const auto state = changed.get_or<std::string>("ActiveState", "");
    if (state != "inactive" && state != "failed") seen_[unit].started = true;
    tell({.unit = unit,
          .change = UnitChange::State,
          .active_state = state,
          .sub_state = changed.get_or<std::string>("SubState", "")});
}

// PID 1 sends a service's own properties before those of the unit.
void UnitWatch::on_service(bus::Message signal) {
    const std::string unit = unit_of_path(signal.path());
    if (!unit.starts_with(prefix_)) return;
    static_cast<void>(signal.read<std::string>());
    const bus::Dict changed = bus::read_properties(signal);
    const auto code = changed.get_or<std::int32_t>("ExecMainCode", 0);
    if (code == 0) return; // not among what changed, or cleared while the unit is collected
    Seen& seen = seen_[unit];
    seen.main_code = code;
    seen.main_status = changed.get_or<std::int32_t>("ExecMainStatus", 0);
}

void UnitWatch::on_removed(bus::Message signal) {
    const auto unit = signal.read<std::string>();
    if (!unit.starts_with(prefix_)) return;
    tell({.unit = unit, .change = UnitChange::Gone});
    seen_.erase(unit);
}

void UnitWatch::tell(UnitEvent event) {
    if (const auto seen = seen_.find(event.unit); seen != seen_.end()) {
        event.started = seen->second.started;
        event.main_code = seen->second.main_code;
        event.main_status = seen->second.main_status;
    }
    handler_(event);
}

} // namespace berth::systemd
