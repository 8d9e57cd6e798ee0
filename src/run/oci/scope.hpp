// SPDX-License-Identifier: LGPL-2.1-or-later
// What systemd is asked for when it is to make the container's cgroup: limits as properties of a
// scope, for what is written behind systemd's back is gone with the next daemon-reload.
// Source: systemd.resource-control(5).
#pragma once

#include <run/bus_library.hpp>
#include <spec/bundle_linux.hpp>

namespace berth::run::oci {

/// The limits that a unit has a property for. Pure.
[[nodiscard]] UnitLimits unit_limits(const spec::CgroupLimits& limits);
/// The others, which are written to the cgroup's files: a unit leaves those alone. Pure.
[[nodiscard]] spec::CgroupLimits other_limits(const spec::CgroupLimits& limits);

} // namespace berth::run::oci
