// SPDX-License-Identifier: LGPL-2.1-or-later
// Text without locale: splitting, joining, trimming, numbers with bounds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::base {

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);

/// Decimal digits only, whole text, at most `limit`.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text,
                                                        std::uint64_t limit = UINT64_MAX);
/// "64m", "1.5g", "100", "10KB": a size in bytes as docker reads it (binary units, b k m g t p).
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

/// Two lower-case hexadecimal digits a byte.
[[nodiscard]] std::string to_hex(std::span<const unsigned char> bytes);

/// Text of unknown origin made fit for a terminal or a log: control characters as \xNN.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace berth::base
