// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit_path.hpp"

#include <cstdlib>
#include <memory>

#include <base/handle.hpp>
#include <bus/errors.hpp>
#include <systemd/sd-bus.h>

namespace berth::systemd {

namespace {

constexpr const char* kUnitPath = "/org/freedesktop/systemd1/unit";
using Text = std::unique_ptr<char, base::Freer<std::free>>;

} // namespace

std::string unit_path(const std::string& unit) {
    char* path = nullptr;
    bus::check(sd_bus_path_encode(kUnitPath, unit.c_str(), &path), "cannot name a unit's object");
    const Text owner(path);
    return path;
}

std::string unit_of_path(const std::string& path) {
    char* unit = nullptr;
    if (sd_bus_path_decode(path.c_str(), kUnitPath, &unit) <= 0) return {};
    const Text owner(unit);
    return unit;
}

} // namespace berth::systemd
