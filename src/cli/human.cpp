// SPDX-License-Identifier: LGPL-2.1-or-later
#include "human.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

#include <base/strings.hpp>
#include <base/time.hpp>
#include <berth/error.hpp>

namespace berth::cli {
namespace {

constexpr std::uint64_t kSecond = 1'000'000;

std::string scaled(std::uint64_t bytes, double step, const std::array<const char*, 6>& units) {
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= step && unit + 1 < units.size()) {
        value /= step;
        ++unit;
    }
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.4g%s", value, units[unit]);
    return text.data();
}

std::string count(std::uint64_t number, const char* unit) {
    return std::to_string(number) + " " + unit;
}

std::string formatted(std::time_t seconds, const char* format, bool utc) {
    std::tm parts{};
    if (utc) {
        gmtime_r(&seconds, &parts);
    } else {
        localtime_r(&seconds, &parts);
    }
    std::array<char, 64> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), format, &parts);
    return {text.data(), length};
}

std::time_t seconds_of(std::uint64_t usec) {
    return static_cast<std::time_t>(usec / kSecond);
}

std::optional<double> unit_in_usec(std::string_view unit) {
    if (unit == "ns") return 0.001;
    if (unit == "us" || unit == "µs") return 1;
    if (unit == "ms") return 1e3;
    if (unit == "s") return 1e6;
    if (unit == "m") return 6e7;
    if (unit == "h") return 3.6e9;
    return std::nullopt;
}

// Without a zone: local time.
std::optional<std::uint64_t> parse_local_date(const std::string& text) {
    for (const char* format :
         {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
        std::tm parts{};
        const char* rest = ::strptime(text.c_str(), format, &parts);
        if (rest == nullptr || *rest != '\0') continue;
        parts.tm_isdst = -1;
        const std::time_t seconds = ::mktime(&parts);
        if (seconds >= 0) return static_cast<std::uint64_t>(seconds) * kSecond;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> parse_date(const std::string& text) {
    if (const auto date = base::parse_rfc3339(text); date && *date >= 0)
        return static_cast<std::uint64_t>(*date);
    return parse_local_date(text);
}

std::optional<std::uint64_t> parse_epoch(std::string_view text) {
    double seconds = 0;
    const char* end = text.data() + text.size();
    const auto [stop, status] =
        std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
    if (status != std::errc() || stop != end || !(seconds >= 0) || seconds > 9e12)
        return std::nullopt;
    return static_cast<std::uint64_t>(std::llround(seconds * 1e6));
}

} // namespace

std::string human_size(std::uint64_t bytes) {
    return scaled(bytes, 1000, {"B", "kB", "MB", "GB", "TB", "PB"});
}

std::string human_memory(std::uint64_t bytes) {
    return scaled(bytes, 1024, {"B", "KiB", "MiB", "GiB", "TiB", "PiB"});
}

std::string human_duration(std::uint64_t usec) {
    const std::uint64_t seconds = usec / kSecond;
    const std::uint64_t minutes = seconds / 60;
    const std::uint64_t hours = (seconds + 1800) / 3600;
    if (seconds < 1) return "Less than a second";
    if (seconds == 1) return "1 second";
    if (seconds < 60) return count(seconds, "seconds");
    if (minutes == 1) return "About a minute";
    if (minutes < 60) return count(minutes, "minutes");
    if (hours == 1) return "About an hour";
    if (hours < 48) return count(hours, "hours");
    if (hours < 24 * 7 * 2) return count(hours / 24, "days");
    if (hours < 24 * 30 * 2) return count(hours / 24 / 7, "weeks");
    if (hours < 24 * 365 * 2) return count(hours / 24 / 30, "months");
    return count(hours / 24 / 365, "years");
}

std::string short_duration(std::uint64_t seconds) {
    std::array<char, 48> text{};
    if (seconds < 60) {
        std::snprintf(text.data(), text.size(), "%us", static_cast<unsigned>(seconds));
    } else if (seconds < 3600) {
        std::snprintf(text.data(), text.size(), "%um%02us", static_cast<unsigned>(seconds / 60),
                      static_cast<unsigned>(seconds % 60));
    } else {
        std::snprintf(text.data(), text.size(), "%lluh%02um",
                      static_cast<unsigned long long>(seconds / 3600),
                      static_cast<unsigned>(seconds / 60 % 60));
    }
    return text.data();
}

std::uint64_t now_usec() {
    std::timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * kSecond +
           static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

std::string date_text(std::uint64_t usec) {
    if (usec == 0) return {};
    return formatted(seconds_of(usec), "%Y-%m-%d %H:%M:%S %z %Z", false);
}

std::string rfc3339_nano(std::uint64_t usec) {
    std::array<char, 24> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%06u000Z",
                  static_cast<unsigned>(usec % kSecond));
    return formatted(seconds_of(usec), "%Y-%m-%dT%H:%M:%S", true) + fraction.data();
}

std::string rfc3339(std::uint64_t usec) {
    std::string text = formatted(seconds_of(usec), "%Y-%m-%dT%H:%M:%S%z", false);
    if (text.ends_with("+0000")) return text.substr(0, text.size() - 5) + "Z";
    if (text.size() > 2) text.insert(text.size() - 2, ":");
    return text;
}

std::optional<std::uint64_t> parse_duration(std::string_view text) {
    if (text == "0") return 0;
    double total = 0;
    if (text.empty() || text.size() > 64) return std::nullopt;
    while (!text.empty()) {
        double value = 0;
        const char* end = text.data() + text.size();
        const auto [stop, status] =
            std::from_chars(text.data(), end, value, std::chars_format::fixed);
        if (status != std::errc() || !(value >= 0)) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
        const std::size_t length = std::min(text.find_first_of("0123456789."), text.size());
        const auto unit = unit_in_usec(text.substr(0, length));
        if (!unit) return std::nullopt;
        total += value * *unit;
        text.remove_prefix(length);
    }
    if (total > 9e15) return std::nullopt;
    return static_cast<std::uint64_t>(std::llround(total));
}

std::uint64_t parse_time(std::string_view text, std::uint64_t now) {
    if (const auto ago = parse_duration(text); ago && text != "0")
        return now > *ago ? now - *ago : 0;
    if (const auto epoch = parse_epoch(text)) return *epoch;
    if (const auto date = parse_date(std::string(text))) return *date;
    throw Error(ErrorCode::InvalidArgument,
                "'" + base::printable(text) +
                    "' is no time: give a duration before now (10m, 1h30m), a date "
                    "(2026-01-31, 2026-01-31T15:04:05Z) or seconds since 1970");
}

} // namespace berth::cli
