// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include <berth/error.hpp>
#include <dockerfile/ignore.hpp>

namespace berth::dockerfile {

namespace {

// The table of moby/patternmatcher's documentation and Go's path/filepath.Match.
TEST(Ignore, MatchesAsDockerDoes) {
    const std::vector<std::tuple<std::string, std::string, bool>> cases{
        {"**", "file", true},
        {"**", "dir/file", true},
        {"**/**", "dir/file", true},
        {"dir/**", "dir/file", true},
        {"dir/**", "dir/dir2/file", true},
        {"**/dir", "dir", true},
        {"**/dir2/*", "dir/dir2/file", true},
        {"**/dir2/**", "dir/dir2/dir3/file", true},
        {"**file", "dir/file", true},
        {"**/file", "dir/file", true},
        {"**/file", "dir/afile", false},
        {"**/*.txt", "dir/file.txt", true},
        {"a**/*.txt", "abc/dir/file.txt", true},
        {"a/*.txt", "a/b/file.txt", false},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a[b-d]e", "ace", true},
        {"a[b-d]e", "aee", false},
        {"abc.def", "abcXdef", false},
        {"a\\*b", "a*b", true},
        {"a\\*b", "acb", false},
        {"[^a]", "b", true},
        {"[^a]", "a", false},
        {"[\\]a]", "]", true},
        {"?", "한", true},
        {"[가-힣]", "한", true},
        {"file", "filex", false},
        {"*", "a/b", false},
        {"foo*", "foobar", true},
    };
    for (const auto& [pattern, path, expected] : cases)
        EXPECT_EQ(matches(pattern, path), expected) << pattern << " " << path;
}

TEST(Ignore, TheLastPatternDecides) {
    const auto list = IgnoreList::parse("# all\n**\n!folder/sub/file\n\n  /other/../x  \n");
    EXPECT_TRUE(list.ignores("folder/sub/other"));
    EXPECT_FALSE(list.ignores("folder/sub/file"));
    EXPECT_FALSE(list.ignores("folder/sub/file/below"));
    EXPECT_TRUE(list.ignores("x"));
    EXPECT_TRUE(list.may_take_back());
}

TEST(Ignore, ADirectoryTakesWhatIsBelow) {
    const auto list = IgnoreList::parse("dir\n!dir/keep\n");
    EXPECT_TRUE(list.ignores("dir/a/b"));
    EXPECT_FALSE(list.ignores("dir/keep/b"));
    EXPECT_FALSE(list.ignores("other"));
    EXPECT_FALSE(IgnoreList::parse(".\n/\n").ignores("a"));
}

TEST(Ignore, RefusesWhatIsNoPattern) {
    for (const char* text : {"[", "a\\", "[a", "!"})
        EXPECT_THROW((void)IgnoreList::parse(text), Error) << text;
}

TEST(Ignore, AnyPatternEndsSoon) {
    const std::string pattern = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
    EXPECT_FALSE(matches(pattern, std::string(4000, 'a')));
}

} // namespace

} // namespace berth::dockerfile
