// SPDX-License-Identifier: LGPL-2.1-or-later
#include "time.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include <base/strings.hpp>

namespace berth::base {

namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::optional<int> digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    const auto number = parse_number(text.substr(0, count), 9999);
    text.remove_prefix(count);
    return number ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
}

bool skip(std::string_view& text, char wanted, char other = '\0') {
    if (text.empty() || (text[0] != wanted && (other == '\0' || text[0] != other))) return false;
    text.remove_prefix(1);
    return true;
}

// ".123456789" in microseconds; 0 where there is none.
std::int64_t fraction(std::string_view& text) {
    if (!skip(text, '.')) return 0;
    std::int64_t usec = 0;
    for (std::int64_t unit = kSecond / 10; !text.empty() && text[0] >= '0' && text[0] <= '9';
         unit /= 10) {
        usec += unit * (text[0] - '0');
        text.remove_prefix(1);
    }
    return usec;
}

// "Z" or "+01:00", in seconds.
std::optional<std::int64_t> offset(std::string_view text) {
    if (text == "Z" || text == "z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return std::nullopt;
    }
    const auto hours = parse_number(text.substr(1, 2), 23);
    const auto minutes = parse_number(text.substr(4, 2), 59);
    if (!hours || !minutes) return std::nullopt;
    const auto seconds = static_cast<std::int64_t>(*hours * 3600 + *minutes * 60);
    return text[0] == '-' ? -seconds : seconds;
}

} // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
    std::tm tm{};
    const auto year = digits(text, 4);
    if (!year || !skip(text, '-')) return std::nullopt;
    const auto month = digits(text, 2);
    if (!month || *month < 1 || *month > 12 || !skip(text, '-')) return std::nullopt;
    const auto day = digits(text, 2);
    if (!day || *day < 1 || *day > 31 || !skip(text, 'T', 't')) return std::nullopt;
    const auto hour = digits(text, 2);
    if (!hour || *hour > 23 || !skip(text, ':')) return std::nullopt;
    const auto minute = digits(text, 2);
    if (!minute || *minute > 59 || !skip(text, ':')) return std::nullopt;
    const auto second = digits(text, 2);
    if (!second || *second > 60) return std::nullopt;
    const std::int64_t usec = fraction(text);
    const auto away = offset(text);
    if (!away) return std::nullopt;
    tm.tm_year = *year - 1900;
    tm.tm_mon = *month - 1;
    tm.tm_mday = *day;
    tm.tm_hour = *hour;
    tm.tm_min = *minute;
    tm.tm_sec = *second;
    return (static_cast<std::int64_t>(::timegm(&tm)) - *away) * kSecond + usec;
}

std::string format_rfc3339(std::int64_t usec) {
    if (usec == 0) return "0001-01-01T00:00:00Z";
    const std::int64_t rest = ((usec % kSecond) + kSecond) % kSecond;
    const auto seconds = static_cast<std::time_t>((usec - rest) / kSecond);
    std::tm tm{};
    ::gmtime_r(&seconds, &tm);
    std::array<char, 80> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", tm.tm_year + 1900,
        tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, static_cast<int>(rest));
    return {text.data(), static_cast<std::size_t>(length)};
}

} // namespace berth::base
