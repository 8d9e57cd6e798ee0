// SPDX-License-Identifier: LGPL-2.1-or-later
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <tests/support/scratch_dir.hpp>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::base {

namespace {

class Walk : public ::testing::Test {
  protected:
    void make_deep(int depth) {
        int dir = ::open(scratch_.path().c_str(), O_RDONLY | O_CLOEXEC);
        for (int i = 0; i < depth; ++i) {
            ::mkdirat(dir, "d", 0700);
            const int next = ::openat(dir, "d", O_RDONLY | O_CLOEXEC);
            ::close(dir);
            dir = next;
        }
        ::close(dir);
    }
    [[nodiscard]] Dir root() const { return Dir::open(scratch_.path()); }

    test::ScratchDir scratch_;
};

} // namespace

TEST_F(Walk, VisitsInByteOrderDirectoriesFirst) {
    for (const char* dir : {"b", "b/z", "a"}) {
        std::filesystem::create_directory(scratch_.path() + "/" + dir);
    }
    for (const char* file : {"b/y", "b/z/1", "a.x", "B"}) {
        std::ofstream(scratch_.path() + "/" + file) << "x";
    }
    std::string seen;
    walk_tree(
        root().fd(),
        [&](const WalkEntry& entry) {
            seen += entry.path + " ";
            return true;
        },
        [&](const WalkEntry& entry) { seen += "<" + entry.path + " "; });
    EXPECT_EQ(seen, "B a <a a.x b b/y b/z b/z/1 <b/z <b ");
}

TEST_F(Walk, DoesNotFollowLinksAndSkipsWhatItIsTold) {
    std::filesystem::create_directory(scratch_.path() + "/d");
    std::ofstream(scratch_.path() + "/d/f") << "x";
    std::filesystem::create_symlink("d", scratch_.path() + "/l");
    int seen = 0;
    walk_tree(root().fd(), [&](const WalkEntry&) {
        ++seen;
        return false;
    });
    EXPECT_EQ(seen, 2);
}

TEST_F(Walk, LooksOnlyAtWhatIsWantedByNameTypeAndInode) {
    std::filesystem::create_directory(scratch_.path() + "/d");
    for (const char* file : {"d/f", "d/g", "h"})
        std::ofstream(scratch_.path() + "/" + file) << "x";
    const auto inode = root().stat("d/g")->st_ino;
    std::string seen;
    walk_tree(
        root().fd(), [&](const WalkEntry& entry) { return (seen += entry.path + " ").size() > 0; },
        {},
        [&](const WalkEntry& entry) {
            return S_ISDIR(entry.status.st_mode) || entry.status.st_ino == inode;
        });
    EXPECT_EQ(seen, "d d/g ");
}

TEST_F(Walk, GoesDeeperThanDescriptorsAndPathsReach) {
    make_deep(1500);
    int seen = 0;
    int left = 0;
    walk_tree(
        root().fd(), [&](const WalkEntry&) { return ++seen > 0; },
        [&](const WalkEntry&) { ++left; });
    EXPECT_EQ(seen, 1500);
    EXPECT_EQ(left, 1500);
    remove_tree(root().fd(), "d");
    EXPECT_TRUE(root().list().empty());
}

TEST_F(Walk, RemovingIsHarmlessWhenThereIsNothing) {
    remove_tree(root().fd(), "none");
    std::ofstream(scratch_.path() + "/f") << "x";
    std::filesystem::create_symlink("f", scratch_.path() + "/l");
    remove_tree(root().fd(), "l");
    EXPECT_EQ(root().list(), std::vector<std::string>{"f"});
}

TEST_F(Walk, NoticesADirectoryThatIsMovedAway) {
    make_deep(100);
    DirStack stack(root().fd());
    for (int i = 0; i < 100; ++i)
        stack.push("d");
    std::filesystem::create_directory(scratch_.path() + "/elsewhere");
    std::string half = scratch_.path();
    for (int i = 0; i < 20; ++i)
        half += "/d";
    std::filesystem::rename(half, scratch_.path() + "/elsewhere/d");
    EXPECT_THROW(
        {
            while (stack.depth() > 0)
                stack.pop();
        },
        Error);
}

} // namespace berth::base
