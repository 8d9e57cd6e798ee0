// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <base/strings.hpp>

namespace berth::base {
namespace {

TEST(StringsTest, SplitsIntoOneMorePartThanSeparators) {
    EXPECT_EQ(split("a::b", ':'), (std::vector<std::string>{"a", "", "b"}));
    EXPECT_EQ(split("", ':'), std::vector<std::string>{""});
    EXPECT_EQ(join({"a", "", "b"}, ":"), "a::b");
}

TEST(StringsTest, ReadsSizesAsDockerDoes) {
    EXPECT_EQ(parse_size("64m"), 64U << 20U);
    EXPECT_EQ(parse_size("64M"), 64U << 20U);
    EXPECT_EQ(parse_size("1.5g"), 3U << 29U);
    EXPECT_EQ(parse_size("10KB"), 10240U);
    EXPECT_EQ(parse_size("10KiB"), 10240U);
    EXPECT_EQ(parse_size("100"), 100U);
    EXPECT_EQ(parse_size("7b"), 7U);
}

TEST(StringsTest, RefusesWhatIsNoSize) {
    for (const char* text :
         {"", "m", "-1", "1x", "1mm", "1 2", "nan", "inf", "1e30", "99999999p", "0x10"}) {
        EXPECT_FALSE(parse_size(text).has_value()) << text;
    }
}

TEST(StringsTest, ReadsNumbersWholeAndBounded) {
    EXPECT_EQ(parse_number("18446744073709551615"), UINT64_MAX);
    for (const char* text : {"", "18446744073709551616", "-1", "+1", " 1", "1 ", "1.0"}) {
        EXPECT_FALSE(parse_number(text).has_value()) << text;
    }
    EXPECT_FALSE(parse_number("65536", 65535).has_value());
}

TEST(StringsTest, MakesControlCharactersHarmless) {
    EXPECT_EQ(printable("a\x1b[31mb\n\x7f"), "a\\x1b[31mb\\x0a\\x7f");
    EXPECT_EQ(printable("h\xc3\xa9"), "h\xc3\xa9");
}

} // namespace
} // namespace berth::base
