// SPDX-License-Identifier: LGPL-2.1-or-later
#include "text.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace berth::dockerfile {

namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool is_separator(char c) {
    return is_space(c) && c != '\n';
}

std::uint32_t code_point(std::string_view bytes) {
    const auto first = static_cast<unsigned char>(bytes[0]);
    if (bytes.size() == 1) return first;
    std::uint32_t code = first & (0x7fU >> bytes.size());
    for (const char c : bytes.substr(1))
        code = code << 6U | (static_cast<unsigned char>(c) & 0x3fU);
    return code;
}

/// Of those beyond ASCII: what a terminal would not show, or takes for an order.
bool is_invisible(std::uint32_t code) {
    static constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 11> kRanges{
        {{0x80, 0xa0},
         {0xad, 0xad},
         {0x1680, 0x1680},
         {0x2000, 0x200f},
         {0x2028, 0x202f},
         {0x205f, 0x206f},
         {0x3000, 0x3000},
         {0xd800, 0xf8ff},
         {0xfeff, 0xfeff},
         {0xfff0, 0xfffb},
         {0xe0000, 0x10ffff}}};
    for (const auto& [first, last] : kRanges) {
        if (code >= first && code <= last) return true;
    }
    return false;
}

std::string hex(std::uint32_t number, unsigned digits) {
    std::string text;
    for (unsigned left = digits; left > 0; --left)
        text += kHex[number >> (4U * (left - 1)) & 15U];
    return text;
}

std::string quote_ascii(char c) {
    static constexpr std::string_view kNamed = "\a\b\t\n\v\f\r";
    static constexpr std::string_view kNames = "abtnvfr";
    if (c == '"' || c == '\\') return {'\\', c};
    if (const auto at = kNamed.find(c); at != std::string_view::npos) return {'\\', kNames[at]};
    if (c < ' ' || c == 0x7f) return "\\x" + hex(static_cast<unsigned char>(c), 2);
    return {c};
}

std::string quote_wide(std::string_view character) {
    const std::uint32_t code = code_point(character);
    if (!is_invisible(code)) return std::string(character);
    return code > 0xffff ? "\\U" + hex(code, 8) : "\\u" + hex(code, 4);
}

} // namespace

std::string_view trim_left(std::string_view text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    return text;
}

std::string_view trim_space(std::string_view text) {
    text = trim_left(text);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return text;
}

std::vector<std::string> split_space(std::string_view text, std::size_t limit) {
    std::vector<std::string> parts;
    std::size_t start = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (!is_separator(text[at]) || parts.size() + 1 >= limit) {
            ++at;
            continue;
        }
        parts.emplace_back(text.substr(start, at - start));
        while (at < text.size() && is_separator(text[at]))
            ++at;
        start = at;
    }
    parts.emplace_back(text.substr(start));
    return parts;
}

std::size_t character_size(std::string_view text) {
    if (text.empty()) return 0;
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
    for (const char c : text.substr(1, size - 1)) {
        if ((static_cast<unsigned char>(c) & 0xc0U) != 0x80U) return 0;
    }
    const std::uint32_t code = code_point(text.substr(0, size));
    static constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < kLeast.at(size) || surrogate || code > 0x10ffff ? 0 : size;
}

std::string valid_utf8(std::string_view text) {
    std::string valid;
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        valid += size == 0 ? kReplacement : text.substr(0, size);
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return valid;
}

std::string quote(std::string_view text) {
    std::string quoted = "\"";
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        if (size == 0)
            quoted += "\\x" + hex(static_cast<unsigned char>(text[0]), 2);
        else if (size == 1)
            quoted += quote_ascii(text[0]);
        else
            quoted += quote_wide(text.substr(0, size));
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return quoted + "\"";
}

} // namespace berth::dockerfile
