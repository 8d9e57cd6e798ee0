// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

#include <berth/error.hpp>
#include <cli/human.hpp>

namespace berth::cli {
namespace {

constexpr std::uint64_t kSecond = 1'000'000;

TEST(HumanSize, UsesDecimalUnitsAndFourDigits) {
    EXPECT_EQ(human_size(0), "0B");
    EXPECT_EQ(human_size(999), "999B");
    EXPECT_EQ(human_size(1000), "1kB");
    EXPECT_EQ(human_size(4'261'502), "4.262MB");
    EXPECT_EQ(human_size(77'800'000), "77.8MB");
    EXPECT_EQ(human_size(1'234'567'890'123), "1.235TB");
}

TEST(HumanMemory, UsesBinaryUnits) {
    EXPECT_EQ(human_memory(64U << 20U), "64MiB");
    EXPECT_EQ(human_memory(2'087'000'000), "1.944GiB");
}

TEST(HumanDuration, IsWordedAsDockers) {
    EXPECT_EQ(human_duration(kSecond / 2), "Less than a second");
    EXPECT_EQ(human_duration(kSecond), "1 second");
    EXPECT_EQ(human_duration(59 * kSecond), "59 seconds");
    EXPECT_EQ(human_duration(60 * kSecond), "About a minute");
    EXPECT_EQ(human_duration(180 * kSecond), "3 minutes");
    EXPECT_EQ(human_duration(3600 * kSecond), "About an hour");
    EXPECT_EQ(human_duration(47 * 3600 * kSecond), "47 hours");
    EXPECT_EQ(human_duration(48 * 3600 * kSecond), "2 days");
    EXPECT_EQ(human_duration(14ULL * 86400 * kSecond), "2 weeks");
    EXPECT_EQ(human_duration(90ULL * 86400 * kSecond), "3 months");
    EXPECT_EQ(human_duration(800ULL * 86400 * kSecond), "2 years");
}

TEST(ShortDuration, ShowsTwoUnits) {
    EXPECT_EQ(short_duration(12), "12s");
    EXPECT_EQ(short_duration(185), "3m05s");
    EXPECT_EQ(short_duration(7620), "2h07m");
}

TEST(ParseDuration, ReadsGosNotation) {
    EXPECT_EQ(parse_duration("10m"), 600 * kSecond);
    EXPECT_EQ(parse_duration("1h30m"), 5400 * kSecond);
    EXPECT_EQ(parse_duration("1.5h"), 5400 * kSecond);
    EXPECT_EQ(parse_duration("300ms"), 300'000U);
    EXPECT_EQ(parse_duration("0"), 0U);
}

TEST(ParseDuration, RefusesWhatIsNone) {
    for (const char* text : {"", "10", "m", "10x", "-5m", "1h 2m", "1e400h", "99999999999999999h"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(ParseTime, TakesDurationsDatesAndSeconds) {
    const std::uint64_t now = 1'700'000'000 * kSecond;
    EXPECT_EQ(parse_time("10m", now), now - 600 * kSecond);
    EXPECT_EQ(parse_time("1700000000", now), now);
    EXPECT_EQ(parse_time("1700000000.25", now), now + kSecond / 4);
    EXPECT_EQ(parse_time("2023-11-14T22:13:20Z", now), now);
    EXPECT_EQ(parse_time("2023-11-15T00:13:20+02:00", now), now);
}

TEST(ParseTime, TakesDatesWithoutZoneAsLocal) {
    ::setenv("TZ", "XXX-02:00", 1);
    ::tzset();
    EXPECT_EQ(parse_time("2023-11-15T00:13:20", 0), 1'700'000'000 * kSecond);
    EXPECT_EQ(date_text(1'700'000'000 * kSecond), "2023-11-15 00:13:20 +0200 XXX");
    ::unsetenv("TZ");
    ::tzset();
}

TEST(ParseTime, SaysWhatItTakes) {
    try {
        static_cast<void>(parse_time("yesterday", 0));
        FAIL() << "a word was taken for a time";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        EXPECT_NE(std::string(error.what()).find("10m"), std::string::npos);
    }
}

} // namespace
} // namespace berth::cli
