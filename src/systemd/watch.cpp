// SPDX-License-Identifier: LGPL-2.1-or-later
#include "watch.hpp"

#include <utility>

#include <systemd/unit_path.hpp>

namespace berth::systemd {

namespace {

constexpr const char* kPropertiesRule =
    "type='signal',interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
    "path_namespace='/org/freedesktop/systemd1/unit',arg0='org.freedesktop.systemd1.Unit'";
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
      properties_(connection.match(from(service, kPropertiesRule),
                                   [this](bus::Message signal) { on_properties(signal); })),
      removed_(connection.match(from(service, kRemovedRule),
                                [this](bus::Message signal) { on_removed(signal); })) {}

void UnitWatch::on_properties(bus::Message signal) {
    const std::string unit = unit_of_path(signal.path());
    if (unit.starts_with(prefix_)) handler_(unit, UnitChange::State);
}

void UnitWatch::on_removed(bus::Message signal) {
    const auto unit = signal.read<std::string>();
    if (unit.starts_with(prefix_)) handler_(unit, UnitChange::Gone);
}

} // namespace berth::systemd
