// SPDX-License-Identifier: LGPL-2.1-or-later
// Points in time as text: RFC 3339, as images and docker's JSON have them. Microseconds since the
// epoch, UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::base {

/// "2026-11-23T10:00:00.123456789Z", also with an offset; empty when it is no such text.
[[nodiscard]] std::optional<std::int64_t> parse_rfc3339(std::string_view text);
/// "2026-11-23T10:00:00.123456Z"; docker's "0001-01-01T00:00:00Z" for 0.
[[nodiscard]] std::string format_rfc3339(std::int64_t usec);

} // namespace berth::base
