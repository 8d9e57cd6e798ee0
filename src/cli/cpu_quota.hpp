// SPDX-License-Identifier: LGPL-2.1-or-later
// --cpu-quota and --cpu-period, the older spelling of --cpus.
#pragma once

#include <optional>
#include <string>

#include <bus/value.hpp>

namespace berth::cli {

/// Sets "cpus" of a configuration. Throws UsageError for bad values, and beside --cpus.
void set_cpu_quota(bus::Dict& config, const std::optional<std::string>& period,
                   const std::optional<std::string>& quota);

} // namespace berth::cli
