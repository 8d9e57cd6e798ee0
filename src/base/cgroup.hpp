// SPDX-License-Identifier: LGPL-2.1-or-later
// The unified control group hierarchy: where it lies, and the files of a group as numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::base {

/// The directory of a group ("/berth.slice/berth-web.service"), in a hybrid hierarchy too.
[[nodiscard]] std::string cgroup_path(const std::string& control_group);

/// What /proc/PID/cgroup says about the unified hierarchy; empty when it says nothing.
[[nodiscard]] std::string unified_group(std::string_view proc_text);
/// The group of this process.
[[nodiscard]] std::string own_cgroup();

/// The number behind "KEY " at the start of a line, as in memory.events or cpu.stat.
[[nodiscard]] std::optional<std::uint64_t> keyed_number(std::string_view text,
                                                        std::string_view key);

} // namespace berth::base
