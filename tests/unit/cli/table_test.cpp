// SPDX-License-Identifier: LGPL-2.1-or-later
#include <clocale>

#include <gtest/gtest.h>

#include <base/strings.hpp>
#include <cli/table.hpp>
#include <cli/terminal.hpp>

namespace berth::cli {
namespace {

Table sample() {
    Table table({{"CONTAINER ID"}, {"IMAGE", 0, 6}, {"COMMAND", 2, 8}, {"NAMES"}});
    table.add({"0123456789ab", "registry/long/name:tag", "\"sleep 1000\"", "web"});
    table.add({"ba9876543210", "debian", "\"sh\"", "db"});
    return table;
}

std::size_t widest(const std::string& text) {
    std::size_t width = 0;
    for (const auto& line : base::split(text, '\n'))
        width = std::max(width, display_width(line));
    return width;
}

TEST(Table, AlignsColumnsThreeSpacesApart) {
    EXPECT_EQ(sample().render(0), "CONTAINER ID   IMAGE                    COMMAND        NAMES\n"
                                  "0123456789ab   registry/long/name:tag   \"sleep 1000\"   web\n"
                                  "ba9876543210   debian                   \"sh\"           db\n");
}

TEST(Table, CutsWhatMayShrinkFirst) {
    const std::string text = sample().render(50);
    EXPECT_LE(widest(text), 50U);
    EXPECT_NE(text.find("COMMAND"), std::string::npos);
    EXPECT_NE(text.find("…"), std::string::npos);
}

TEST(Table, LeavesOutTheLeastImportantNext) {
    const std::string text = sample().render(34);
    EXPECT_LE(widest(text), 34U);
    EXPECT_EQ(text.find("COMMAND"), std::string::npos);
    EXPECT_NE(text.find("0123456789ab"), std::string::npos);
    EXPECT_NE(text.find("web"), std::string::npos);
}

TEST(Table, ShowsControlCharactersAsText) {
    Table table({{"NAME"}});
    table.add({"a\x1b[31m\nb"});
    EXPECT_EQ(table.render(0, false), "a\\x1b[31m\\x0ab\n");
}

TEST(Table, MeasuresWhatIsShown) {
    ::setlocale(LC_CTYPE, "C.UTF-8");
    EXPECT_EQ(display_width("käse"), 4U);
    EXPECT_EQ(display_width("日本"), 4U);
    EXPECT_EQ(truncated("日本語", 4), "日…");
    EXPECT_EQ(truncated("abc", 3), "abc");
    EXPECT_EQ(truncated("abcd", 3), "ab…");
    EXPECT_EQ(display_width("\xff\xc3"), 2U);
}

TEST(AlignTabs, MakesColumnsOfTabs) {
    EXPECT_EQ(align_tabs({"ID\tNAMES", "0123456789ab\tweb", "x"}),
              "ID             NAMES\n0123456789ab   web\nx\n");
}

} // namespace
} // namespace berth::cli
