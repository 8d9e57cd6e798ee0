// SPDX-License-Identifier: LGPL-2.1-or-later
// A container's limits as properties of its unit, and back: while it runs the unit has the say,
// since an administrator changes it by `systemctl set-property` too.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <spec/container_spec.hpp>
#include <systemd/unit_properties.hpp>

namespace berth::container {

/// MemoryMax=, CPUQuota=... of these limits; those without a limit are set to none.
[[nodiscard]] systemd::UnitProperties limit_properties(const spec::Resources& resources);

/// Those of `now` that `before` has not or has otherwise.
[[nodiscard]] systemd::UnitProperties changed_limits(const spec::Resources& before,
                                                     const spec::Resources& now);

/// The properties that live_limits() wants to know.
[[nodiscard]] const std::vector<std::string>& limit_names();
/// `wanted`, but for what the unit's numbers say otherwise.
[[nodiscard]] spec::Resources live_limits(const spec::Resources& wanted,
                                          const std::map<std::string, std::uint64_t>& unit);

} // namespace berth::container
