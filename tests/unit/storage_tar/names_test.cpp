// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <plugins/storage/tar/names.hpp>

#include <berth/error.hpp>

namespace berth::tar {

TEST(Names, AreCleanedByTheirText) {
    EXPECT_EQ(clean_path("a/b"), "a/b");
    EXPECT_EQ(clean_path("/a//b/"), "a/b");
    EXPECT_EQ(clean_path("./a/./b/."), "a/b");
    EXPECT_EQ(clean_path("a/x/../b"), "a/b");
    EXPECT_EQ(clean_path("a/.."), "");
    EXPECT_EQ(clean_path("./"), "");
    EXPECT_EQ(clean_path(""), "");
    EXPECT_EQ(clean_path("..."), "...");
}

TEST(Names, ThatLeadOutAreCorrupt) {
    for (const char* name : {"..", "../a", "a/../..", "/..", "a/../../b", "./.."}) {
        EXPECT_THROW(static_cast<void>(clean_path(name)), Error) << name;
    }
}

TEST(Names, AreSplit) {
    const auto name = parse_name("a/b/c");
    EXPECT_EQ(name.parent, "a/b");
    EXPECT_EQ(name.base, "c");
    EXPECT_EQ(name.path(), "a/b/c");
    EXPECT_EQ(parse_name("c").parent, "");
    EXPECT_EQ(parse_name("./").base, "");
}

TEST(Names, HaveTheirMarkers) {
    EXPECT_EQ(parse_name("a/.wh.b").marker, Marker::Whiteout);
    EXPECT_EQ(parse_name("a/.wh.b").base, "b");
    EXPECT_EQ(parse_name("a/.wh..wh..opq").marker, Marker::Opaque);
    EXPECT_EQ(parse_name("a/.wh..wh..opq").parent, "a");
    EXPECT_EQ(parse_name(".wh..wh.plnk/1").marker, Marker::Ignored);
    EXPECT_EQ(parse_name("a/.wh..wh.orph").marker, Marker::Ignored);
    EXPECT_EQ(parse_name("a.wh.b").marker, Marker::None);
    EXPECT_EQ(parse_name("x/.wh").marker, Marker::None);
    EXPECT_EQ(parse_name(".wh..b").base, ".b");
    for (const char* name : {".wh.", ".wh..", ".wh...", "a/.wh.", ".wh.a/b", "a/.wh.b/c"}) {
        EXPECT_THROW(static_cast<void>(parse_name(name)), Error) << name;
    }
}

TEST(Names, HaveTheLimitsOfTheKernel) {
    EXPECT_EQ(clean_path(std::string(255, 'a')).size(), 255U);
    EXPECT_THROW(static_cast<void>(clean_path(std::string(256, 'a'))), Error);
    EXPECT_EQ(parse_name(".wh." + std::string(255, 'a')).base.size(), 255U);
    EXPECT_THROW(static_cast<void>(parse_name(".wh." + std::string(256, 'a'))), Error);
    std::string deep;
    while (deep.size() < 4096)
        deep += "abc/";
    EXPECT_THROW(static_cast<void>(clean_path(deep + "a")), Error);
    EXPECT_EQ(clean_path(deep.substr(0, 4092) + "abc").size(), 4095U);
}

} // namespace berth::tar
