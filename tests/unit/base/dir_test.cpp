// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <gtest/gtest.h>
#include <support/scratch_dir.hpp>
#include <sys/stat.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::base {
namespace {

class DirTest : public ::testing::Test {
  protected:
    test::ScratchDir scratch_;
    Dir dir_ = Dir::open(scratch_.path());
};

ErrorCode code_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "no error was thrown";
    return ErrorCode::Internal;
}

TEST_F(DirTest, RefusesToLeaveBeneathByDotDot) {
    EXPECT_THROW((void)dir_.open_file("../etc/passwd", O_RDONLY), Error);
}

TEST_F(DirTest, RefusesAnAbsoluteLinkBeneath) {
    ASSERT_EQ(::symlinkat("/etc", dir_.fd(), "etc"), 0);
    EXPECT_THROW((void)dir_.open_file("etc/passwd", O_RDONLY), Error);
}

TEST_F(DirTest, ResolvesAnAbsoluteLinkInsideTheRoot) {
    (void)dir_.make_dirs("usr/etc", 0755);
    dir_.open_dir("usr/etc").write_atomically("passwd", "inside", 0644);
    ASSERT_EQ(::symlinkat("/usr/etc", dir_.fd(), "etc"), 0);
    EXPECT_EQ(dir_.read("etc/passwd", 100, Resolve::InRoot), "inside");
    EXPECT_EQ(dir_.read("../../etc/passwd", 100, Resolve::InRoot), "inside");
}

TEST_F(DirTest, NeverFollowsAMagicLink) {
    ASSERT_EQ(::symlinkat("/proc/self/root", dir_.fd(), "host"), 0);
    EXPECT_THROW((void)dir_.open_file("host/etc/passwd", O_RDONLY), Error);
}

TEST_F(DirTest, ReadsNoFifoAndDoesNotBlockOnOne) {
    ASSERT_EQ(::mkfifoat(dir_.fd(), "pipe", 0600), 0);
    EXPECT_EQ(code_of([&] { (void)dir_.read("pipe", 10); }), ErrorCode::InvalidArgument);
}

TEST_F(DirTest, RefusesAFileOverTheLimit) {
    dir_.write_atomically("big", std::string(101, 'x'), 0600);
    EXPECT_EQ(code_of([&] { (void)dir_.read("big", 100); }), ErrorCode::Exhausted);
    EXPECT_EQ(dir_.read("big", 101).size(), 101U);
}

TEST_F(DirTest, WritesAtomicallyOverAnOldFileAndLeavesNothingAside) {
    dir_.write_atomically("file", "old", 0600);
    dir_.write_atomically("file", "new", 0640);
    EXPECT_EQ(dir_.read("file", 10), "new");
    EXPECT_EQ(dir_.stat("file")->st_mode & 07777U, 0640U);
    EXPECT_EQ(dir_.list(), std::vector<std::string>{"file"});
}

TEST_F(DirTest, RemovesATreeButNotWhatItsLinksPointAt) {
    (void)dir_.make_dirs("kept", 0755);
    dir_.open_dir("kept").write_atomically("file", "safe", 0600);
    (void)dir_.make_dirs("doomed/a/b", 0755);
    ASSERT_EQ(::symlinkat("../../kept", dir_.open_dir("doomed/a").fd(), "link"), 0);
    dir_.remove_tree("doomed");
    dir_.remove_tree("doomed");
    EXPECT_FALSE(dir_.exists("doomed"));
    EXPECT_EQ(dir_.read("kept/file", 10), "safe");
}

TEST_F(DirTest, MakesMissingParentsWithTheModeAsked) {
    const mode_t old = ::umask(0);
    (void)dir_.make_dirs("a/b//./c", 0711);
    ::umask(old);
    EXPECT_EQ(dir_.stat("a/b/c")->st_mode & 07777U, 0711U);
    EXPECT_EQ(dir_.stat("a")->st_mode & 07777U, 0711U);
}

TEST_F(DirTest, TellsAMissingFileFromAnUnreadableOne) {
    EXPECT_FALSE(dir_.find_file("nothing", O_RDONLY).has_value());
    EXPECT_EQ(code_of([&] { (void)dir_.open_file("nothing", O_RDONLY); }), ErrorCode::NotFound);
}

} // namespace
} // namespace berth::base
