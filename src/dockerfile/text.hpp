// SPDX-License-Identifier: LGPL-2.1-or-later
// Characters and words as the Dockerfile language sees them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::dockerfile {

/// White space of ASCII; the language knows no other between words.
[[nodiscard]] constexpr bool is_space(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
[[nodiscard]] std::string_view trim_left(std::string_view text);
[[nodiscard]] std::string_view trim_space(std::string_view text);
/// Split at runs of white space, newlines excepted; a leading run gives an empty first part.
[[nodiscard]] std::vector<std::string> split_space(std::string_view text, std::size_t limit);
/// "a\"b" as a quoted string of printable characters, UTF-8 kept.
[[nodiscard]] std::string quote(std::string_view text);
/// Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);
/// How many bytes the character at the start of `text` has; 0 for bytes that are no UTF-8.
[[nodiscard]] std::size_t character_size(std::string_view text);

} // namespace berth::dockerfile
