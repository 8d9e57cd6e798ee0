// SPDX-License-Identifier: LGPL-2.1-or-later
// COPY's rules, from one directory into another.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>

#include <base/file.hpp>
#include <berth/error.hpp>
#include <build/copy_tree.hpp>

namespace berth::build {
namespace {

namespace fs = std::filesystem;

class Copy : public testing::Test {
  protected:
    Copy() {
        std::string name = (fs::temp_directory_path() / "berth-copy-XXXXXX").string();
        top_ = ::mkdtemp(name.data());
        fs::create_directories(top_ / "from/dir/sub");
        fs::create_directories(top_ / "to");
        write("from/file", "file");
        write("from/a.c", "a");
        write("from/b.c", "b");
        write("from/dir/one", "1");
        write("from/dir/sub/two", "2");
        fs::create_symlink("one", top_ / "from/dir/link");
    }
    ~Copy() override { fs::remove_all(top_); }

    void write(const std::string& path, const std::string& text) const {
        std::ofstream(top_ / path) << text;
    }
    [[nodiscard]] std::string read(const std::string& path) const {
        return base::read_file((top_ / path).string(), 1U << 20U);
    }
    [[nodiscard]] SourceTree tree(const std::string& ignored = "") const {
        return {base::Dir::open((top_ / "from").string()), 0,
                dockerfile::IgnoreList::parse(ignored)};
    }
    /// Owners stay, so that no rights are needed.
    void copy(const std::string& source, const std::string& to, const std::string& ignored = "",
              const CopyStyle& style = {}) const {
        const auto from = tree(ignored);
        const auto root = base::Dir::open((top_ / "to").string());
        Destination destination(root, to, style);
        for (const auto& path : from.match(source)) {
            destination.copy(from, path, path.substr(path.rfind('/') + 1), from.list(path, {}));
        }
    }
    [[nodiscard]] std::string digest(const std::string& ignored = "") const {
        const auto from = tree(ignored);
        return digest_of(from, ".", from.list(".", {}), false);
    }

    fs::path top_;
};

TEST_F(Copy, PutsAFileUnderANewNameOrIntoADirectory) {
    copy("file", "/x/y");
    EXPECT_EQ(read("to/x/y"), "file");
    copy("file", "/x");
    EXPECT_EQ(read("to/x/file"), "file");
    copy("file", "/new/");
    EXPECT_EQ(read("to/new/file"), "file");
}

TEST_F(Copy, PutsADirectorysContents) {
    copy("dir", "/d");
    EXPECT_EQ(read("to/d/one"), "1");
    EXPECT_EQ(read("to/d/sub/two"), "2");
    EXPECT_EQ(fs::read_symlink(top_ / "to/d/link"), "one");
    copy(".", "/");
    EXPECT_EQ(read("to/dir/sub/two"), "2");
}

TEST_F(Copy, MatchesWildcards) {
    copy("*.c", "/c/");
    EXPECT_EQ(read("to/c/a.c") + read("to/c/b.c"), "ab");
    copy("d?r/s*/two", "/t");
    EXPECT_EQ(read("to/t"), "2");
    EXPECT_THROW(copy("*.none", "/"), Error);
    EXPECT_THROW(copy("none", "/"), Error);
}

TEST_F(Copy, LeavesOutWhatIsIgnored) {
    copy(".", "/", "dir\n!dir/sub/two\n*.c\n");
    EXPECT_TRUE(fs::exists(top_ / "to/file"));
    EXPECT_EQ(read("to/dir/sub/two"), "2");
    EXPECT_FALSE(fs::exists(top_ / "to/dir/one"));
    EXPECT_FALSE(fs::exists(top_ / "to/a.c"));
    EXPECT_THROW(copy("a.c", "/", "*.c\n"), Error);
}

TEST_F(Copy, StaysInTheContext) {
    write("secret", "secret");
    fs::create_symlink("../../secret", top_ / "from/up");
    fs::create_symlink((top_ / "secret").string(), top_ / "from/away");
    EXPECT_THROW(copy("up", "/x"), Error);
    EXPECT_THROW(copy("away", "/x"), Error);
    EXPECT_THROW(copy("../secret", "/x"), Error);
}

TEST_F(Copy, StaysInTheImage) {
    fs::create_symlink(top_.string(), top_ / "to/out");
    fs::create_symlink("../../..", top_ / "to/up");
    copy("file", "/up/here");
    EXPECT_EQ(read("to/here"), "file");
    EXPECT_THROW(copy("file", "/out/there"), Error);
    EXPECT_FALSE(fs::exists(top_ / "there"));
}

TEST_F(Copy, RefusesADirectoryOverAFile) {
    write("to/dir", "a file");
    EXPECT_THROW(copy(".", "/"), Error);
}

TEST_F(Copy, SetsModesAndKeepsTimes) {
    copy("dir", "/d", "", {.owner = {}, .mode = 0711});
    EXPECT_EQ(fs::status(top_ / "to/d/one").permissions(), fs::perms(0711));
    EXPECT_EQ(fs::status(top_ / "to/d/sub").permissions(), fs::perms(0711));
    EXPECT_EQ(fs::last_write_time(top_ / "to/d/one"), fs::last_write_time(top_ / "from/dir/one"));
    EXPECT_EQ(fs::last_write_time(top_ / "to/d/sub"), fs::last_write_time(top_ / "from/dir/sub"));
}

TEST_F(Copy, DigestsTellWhatIsCopied) {
    const std::string before = digest();
    EXPECT_EQ(digest(), before);
    fs::last_write_time(top_ / "from/file", fs::file_time_type{});
    EXPECT_EQ(digest(), before);
    fs::permissions(top_ / "from/file", fs::perms(0600));
    const std::string mode = digest();
    EXPECT_NE(mode, before);
    write("from/a.c", "A");
    EXPECT_NE(digest(), mode);
    EXPECT_EQ(digest("*"), digest("*\n!nothing"));
}

TEST_F(Copy, FindsOwnersInTheImage) {
    fs::create_directories(top_ / "to/etc");
    write("to/etc/passwd", "root:x:0:0::/:\nweb:x:33:44::/:\nodd:x:a:b::/:\n");
    write("to/etc/group", "staff:x:50:\n");
    const auto root = base::Dir::open((top_ / "to").string());
    const auto ids = [&](const std::string& text) {
        const Owner owner = resolve_owner(root, text);
        return std::to_string(owner.uid) + ":" + std::to_string(owner.gid);
    };
    EXPECT_EQ(ids("web"), "33:44");
    EXPECT_EQ(ids("web:staff"), "33:50");
    EXPECT_EQ(ids("7"), "7:7");
    EXPECT_EQ(ids("7:8"), "7:8");
    EXPECT_THROW((void)ids("nobody"), Error);
    EXPECT_THROW((void)ids("web:none"), Error);
    EXPECT_THROW((void)ids("odd"), Error);
    EXPECT_EQ(parse_mode("4755"), 04755U);
    EXPECT_THROW((void)parse_mode("u+x"), Error);
    EXPECT_THROW((void)parse_mode("17777"), Error);
}

} // namespace
} // namespace berth::build
