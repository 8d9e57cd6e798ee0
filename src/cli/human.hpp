// SPDX-License-Identifier: LGPL-2.1-or-later
// Sizes, times and durations as docker words them, and read back from what users type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace berth::cli {

/// "4.26MB", "512B", "0B": decimal units, at most four digits (images, layers, progress).
[[nodiscard]] std::string human_size(std::uint64_t bytes);
/// "1.944GiB", "64MiB", "0B": binary units (memory in `stats`).
[[nodiscard]] std::string human_memory(std::uint64_t bytes);
/// "Less than a second", "3 minutes", "About an hour", "2 weeks". Microseconds in.
[[nodiscard]] std::string human_duration(std::uint64_t usec);
/// "12s", "3m05s", "2h07m": the time left, for progress bars.
[[nodiscard]] std::string short_duration(std::uint64_t seconds);

/// Microseconds since the epoch, now.
[[nodiscard]] std::uint64_t now_usec();
/// "2026-11-23 22:51:16 +0000 UTC" in the local time zone; empty for 0.
[[nodiscard]] std::string date_text(std::uint64_t usec);
/// "2026-11-23T22:51:16.000123000Z", UTC (`logs -t`, `events`).
[[nodiscard]] std::string rfc3339_nano(std::uint64_t usec);
/// "2026-11-23T22:51:16Z" with the local offset (`history -H=false`).
[[nodiscard]] std::string rfc3339(std::uint64_t usec);

/// Go's duration, "1h30m", "90s", "1.5h", "300ms", as microseconds.
[[nodiscard]] std::optional<std::uint64_t> parse_duration(std::string_view text);
/// A point in time as docker's --since reads it: a duration before `now`, seconds since the epoch
/// with a fraction, or a date with or without time and zone (RFC 3339; local when there is none).
/// Microseconds since the epoch. Throws InvalidArgument.
[[nodiscard]] std::uint64_t parse_time(std::string_view text, std::uint64_t now);

} // namespace berth::cli
