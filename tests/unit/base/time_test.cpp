// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <base/time.hpp>

namespace berth::base {
namespace {

TEST(TimeTest, ReadsWhatImagesHave) {
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01Z"), 1'000'000);
    EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.123456789Z"), 123'456);
    EXPECT_EQ(parse_rfc3339("1970-01-01T01:00:00+01:00"), 0);
    EXPECT_EQ(parse_rfc3339("2026-11-23T10:00:00-02:30"), 1'795'437'000'000'000);
}

TEST(TimeTest, WritesWhatItReads) {
    for (const char* text : {"2026-11-23T10:00:00.000001Z", "1999-12-31T23:59:59.999999Z"}) {
        EXPECT_EQ(format_rfc3339(*parse_rfc3339(text)), text);
    }
    EXPECT_EQ(format_rfc3339(0), "0001-01-01T00:00:00Z");
}

TEST(TimeTest, RefusesOtherTexts) {
    for (const char* text :
         {"", "2026", "2026-13-01T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00",
          "2026-01-01T25:00:00Z", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00Zx"}) {
        EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
    }
}

} // namespace
} // namespace berth::base
