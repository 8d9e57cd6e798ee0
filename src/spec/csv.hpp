// SPDX-License-Identifier: LGPL-2.1-or-later
// One line of comma-separated values, fields in double quotes where they hold commas or quotes
// (doubled). Source: RFC 4180.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::spec {

/// The fields; empty when a quote is misplaced or not closed.
[[nodiscard]] std::optional<std::vector<std::string>> parse_csv(std::string_view line);

} // namespace berth::spec
