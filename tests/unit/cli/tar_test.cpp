// SPDX-License-Identifier: LGPL-2.1-or-later
#include <filesystem>
#include <fstream>
#include <future>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <support/scratch_dir.hpp>
#include <support/tar_builder.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <berth/error.hpp>
#include <cli/tar.hpp>

namespace berth::cli {
namespace {

namespace fs = std::filesystem;

class CopyTar : public ::testing::Test {
  protected:
    void SetUp() override {
        fs::create_directory(root() + "/dest");
        fs::create_directory(root() + "/outside");
    }
    [[nodiscard]] std::string root() const { return dir_.path(); }
    [[nodiscard]] std::string dest() const { return root() + "/dest"; }

    void unpack_bytes(const std::string& bytes, const std::string& name,
                      UnpackChoice choice = {}) const {
        const std::string path = root() + "/archive.tar";
        std::ofstream(path) << bytes;
        const base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        unpack(
            fd.get(),
            [&](bool) {
                return CopyPlan{dest(), name};
            },
            choice);
    }

    void copy(const std::string& from, const std::string& name, PackChoice choice = {}) const {
        base::Pipe pipe = base::make_pipe();
        auto packer = std::async(std::launch::async, [&] {
            const base::Fd end = std::move(pipe.write);
            pack(from, name, choice, end.get());
        });
        unpack(pipe.read.get(), [&](bool) { return CopyPlan{dest(), name}; }, {});
        packer.get();
    }

    test::ScratchDir dir_;
};

TEST_F(CopyTar, CarriesATree) {
    fs::create_directories(root() + "/src/sub");
    std::ofstream(root() + "/src/sub/file") << "content";
    fs::permissions(root() + "/src/sub/file", fs::perms(0640));
    fs::create_symlink("sub/file", root() + "/src/link");
    fs::create_hard_link(root() + "/src/sub/file", root() + "/src/hard");
    copy(root() + "/src", "renamed");
    EXPECT_EQ(base::read_file(dest() + "/renamed/sub/file"), "content");
    EXPECT_EQ(fs::read_symlink(dest() + "/renamed/link"), "sub/file");
    struct stat info {};
    ASSERT_EQ(::stat((dest() + "/renamed/hard").c_str(), &info), 0);
    EXPECT_EQ(info.st_nlink, 2U);
    EXPECT_EQ(info.st_mode & 07777U, 0640U);
}

TEST_F(CopyTar, CarriesASparseFile) {
    const std::string source = root() + "/sparse";
    {
        const base::Fd fd(::open(source.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        base::write_all(fd.get(), "head");
        ASSERT_EQ(::lseek(fd.get(), 1 << 20, SEEK_SET), 1 << 20);
        base::write_all(fd.get(), "tail");
        ASSERT_EQ(::ftruncate(fd.get(), 2 << 20), 0);
    }
    copy(source, "copied");
    const std::string content = base::read_file(dest() + "/copied");
    ASSERT_EQ(content.size(), 2U << 20U);
    EXPECT_EQ(content.substr(0, 4), "head");
    EXPECT_EQ(content.substr(1 << 20, 4), "tail");
}

TEST_F(CopyTar, PutsContentsWithoutTheirDirectory) {
    fs::create_directory(root() + "/src");
    std::ofstream(root() + "/src/a") << "1";
    copy(root() + "/src", ".");
    EXPECT_TRUE(fs::exists(dest() + "/a"));
}

TEST_F(CopyTar, FollowsTheSourceLinkOnlyWhenTold) {
    std::ofstream(root() + "/file") << "x";
    fs::create_symlink(root() + "/file", root() + "/link");
    copy(root() + "/link", "kept");
    EXPECT_TRUE(fs::is_symlink(dest() + "/kept"));
    copy(root() + "/link", "followed", {.follow_link = true});
    EXPECT_FALSE(fs::is_symlink(dest() + "/followed"));
    EXPECT_EQ(base::read_file(dest() + "/followed"), "x");
}

TEST_F(CopyTar, RenamesTheTopmostEntry) {
    unpack_bytes(test::TarBuilder().dir("etc").file("etc/passwd", "root").finish(), "new");
    EXPECT_EQ(base::read_file(dest() + "/new/passwd"), "root");
}

TEST_F(CopyTar, RefusesToClimbOut) {
    EXPECT_THROW(unpack_bytes(test::TarBuilder().dir("d").file("d/../../outside/x").finish(), "d"),
                 Error);
    EXPECT_FALSE(fs::exists(root() + "/outside/x"));
}

TEST_F(CopyTar, WritesThroughNoLinkOfTheArchive) {
    const auto bytes = test::TarBuilder()
                           .dir("d")
                           .symlink("d/out", root() + "/outside")
                           .file("d/out/x", "evil")
                           .finish();
    unpack_bytes(bytes, "d");
    EXPECT_FALSE(fs::exists(root() + "/outside/x"));
    EXPECT_EQ(base::read_file(dest() + "/d/out/x"), "evil");
}

TEST_F(CopyTar, ReplacesALinkInsteadOfWritingToItsTarget) {
    std::ofstream(root() + "/outside/victim") << "safe";
    const auto bytes = test::TarBuilder()
                           .dir("d")
                           .symlink("d/f", root() + "/outside/victim")
                           .file("d/f", "evil")
                           .finish();
    unpack_bytes(bytes, "d");
    EXPECT_EQ(base::read_file(root() + "/outside/victim"), "safe");
    EXPECT_EQ(base::read_file(dest() + "/d/f"), "evil");
}

TEST_F(CopyTar, LinksToNothingOutside) {
    std::ofstream(root() + "/outside/secret") << "secret";
    const auto bytes =
        test::TarBuilder().dir("d").hard_link("d/stolen", root() + "/outside/secret").finish();
    EXPECT_ANY_THROW(unpack_bytes(bytes, "d"));
    EXPECT_FALSE(fs::exists(dest() + "/d/stolen"));
    const auto climbing =
        test::TarBuilder().dir("d").hard_link("d/stolen", "d/../../outside/secret").finish();
    EXPECT_ANY_THROW(unpack_bytes(climbing, "d"));
    EXPECT_FALSE(fs::exists(dest() + "/d/stolen"));
}

TEST_F(CopyTar, DropsSetUserIdBitsAndDevices) {
    const auto bytes =
        test::TarBuilder().dir("d").file("d/su", "x", 04755).device("d/disk", '4', 8, 0).finish();
    unpack_bytes(bytes, "d");
    struct stat info {};
    ASSERT_EQ(::stat((dest() + "/d/su").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07000U, 0U);
    EXPECT_FALSE(fs::exists(dest() + "/d/disk"));
}

TEST_F(CopyTar, RefusesAnEmptyOrBrokenArchive) {
    EXPECT_THROW(unpack_bytes("", "x"), Error);
    EXPECT_THROW(unpack_bytes(std::string(4096, 'z'), "x"), Error);
}

TEST_F(CopyTar, ComesBackToTheWorkingDirectory) {
    const auto before = fs::current_path();
    EXPECT_ANY_THROW(unpack_bytes(test::TarBuilder().dir("d").file("d/../../x").finish(), "d"));
    EXPECT_EQ(fs::current_path(), before);
    unpack_bytes(test::TarBuilder().file("f").finish(), "f");
    EXPECT_EQ(fs::current_path(), before);
}

} // namespace
} // namespace berth::cli
