// SPDX-License-Identifier: LGPL-2.1-or-later
// Copies into and out of containers by docker cp's rules, and against hostile trees; needs root.
#include <sys/stat.h>
#include <tests/support/image_fixture.hpp>

#include <image/copy_in.hpp>
#include <image/copy_out.hpp>
#include <image/copy_path.hpp>

namespace berth::image {

namespace {

using test::failure_of;
using test::from_start;
using test::in_memory;
using test::TarBuilder;

class Copy : public test::ImageTest {
  protected:
    void SetUp() override {
        ImageTest::SetUp();
        if (IsSkipped()) return;
        box_ = {.id = std::string(64, 'c'), .layer = add_container(std::nullopt).str()};
        box_.driver = "overlay";
        const base::Dir root = tree();
        ::mkdirat(root.fd(), "dir", 0755);
        ::mkdirat(root.fd(), "target", 0755);
        root.write_atomically("file", "old", 0644);
        ASSERT_EQ(::symlinkat("/target", root.fd(), "link"), 0);
        ASSERT_EQ(::symlinkat("../../../../../../../../..", root.fd(), "up"), 0);
        ASSERT_EQ(::symlinkat("/proc/self/root", root.fd(), "magic"), 0);
    }
    [[nodiscard]] base::Dir tree() const { return layer_tree(LayerId(box_.layer)); }
    void in(const std::string& path, const std::string& tar, bool contents = false,
            const std::string& owner = "") {
        static_cast<void>(copy_in(
            *storage_, {.container = box_, .path = path, .contents = contents, .owner = owner},
            in_memory(tar).get()));
    }
    ErrorCode in_failure(const std::string& path, const std::string& tar) {
        return failure_of([&] { in(path, tar); });
    }
    std::string out(const std::string& path, bool follow = false) {
        const base::Fd fd = in_memory("");
        static_cast<void>(copy_out(
            *storage_, {.container = box_, .path = path, .follow_link = follow}, fd.get()));
        return from_start(fd);
    }
    /// Names of the entries of a tar without long names.
    static std::vector<std::string> names(const std::string& tar) {
        std::vector<std::string> all;
        for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != '\0';) {
            if (tar[at + 156] != 'x') all.emplace_back(tar.c_str() + at);
            const auto size = std::stoul(tar.substr(at + 124, 11), nullptr, 8);
            at += 512 + (size + 511) / 512 * 512;
        }
        return all;
    }

    spec::JobContainer box_;
    const std::string one_ = TarBuilder().file("one", "1").finish();
    const std::string many_ = TarBuilder().dir("many").file("many/a", "A").finish();
};

TEST_F(Copy, FileGoesIntoADirectoryThatIsThere) {
    in("/dir", one_);
    EXPECT_EQ(tree().read("dir/one", 10), "1");
    in("dir/", one_);
    in("/link", one_);
    EXPECT_EQ(tree().read("target/one", 10), "1");
}

TEST_F(Copy, FileReplacesAFileOrGetsANewName) {
    in("/file", one_);
    EXPECT_EQ(tree().read("file", 10), "1");
    in("/dir/new", one_);
    EXPECT_EQ(tree().read("dir/new", 10), "1");
    EXPECT_EQ(in_failure("/dir/missing/", one_), ErrorCode::NotFound);
    EXPECT_EQ(in_failure("/no/such/place", one_), ErrorCode::NotFound);
    EXPECT_EQ(in_failure("/file/", one_), ErrorCode::InvalidArgument);
}

TEST_F(Copy, DirectoryGoesIntoADirectoryOrGetsANewName) {
    in("/dir", many_);
    EXPECT_EQ(tree().read("dir/many/a", 10), "A");
    in("/other", many_);
    EXPECT_EQ(tree().read("other/a", 10), "A");
    EXPECT_EQ(in_failure("/file", many_), ErrorCode::InvalidArgument);
}

TEST_F(Copy, ContentsGoIntoTheDirectoryItself) {
    const std::string inside = TarBuilder().dir("./").file("a", "A").finish();
    in("/dir", inside, true);
    EXPECT_EQ(tree().read("dir/a", 10), "A");
    in("/fresh", inside, true);
    EXPECT_EQ(tree().read("fresh/a", 10), "A");
}

TEST_F(Copy, OwnerIsTheArchivesOrTheOneAskedFor) {
    test::TarEntry entry{.name = "mine", .content = "x"};
    entry.uid = 5;
    entry.gid = 6;
    const std::string tar = TarBuilder().add(entry).finish();
    in("/dir", tar);
    EXPECT_EQ(tree().stat("dir/mine")->st_uid, 5U);
    in("/dir", tar, false, "7:8");
    EXPECT_EQ(tree().stat("dir/mine")->st_gid, 8U);
}

TEST_F(Copy, DirectoryIsNotReplacedByAFile) {
    in("/", TarBuilder().dir("one").finish());
    EXPECT_EQ(in_failure("/", one_), ErrorCode::InvalidArgument);
}

TEST_F(Copy, NothingLeadsOutOfTheContainer) {
    const std::string outside = scratch_.path() + "/outside";
    for (const std::string& path :
         {std::string("/up"), std::string("/magic"), std::string("/up/up/up")}) {
        try {
            in(path, one_);
        } catch (const Error&) {
            // Refused is as good as kept inside.
        }
    }
    EXPECT_FALSE(base::Dir::open("/").exists("one"));
    for (const std::string& name : {std::string("../one"), std::string("a/../../one")}) {
        EXPECT_EQ(in_failure("/dir", TarBuilder().file(name, "x").finish()), ErrorCode::Corrupt);
    }
    // A link that the archive itself brings, then a file through it.
    in("/dir", TarBuilder().symlink("l", outside).finish());
    try {
        in("/dir", TarBuilder().file("l/one", "x").finish());
    } catch (const Error&) {
    }
    EXPECT_FALSE(base::Dir::open(scratch_.path()).exists("outside"));
}

TEST_F(Copy, DevicesAreNotCopiedIn) {
    EXPECT_EQ(in_failure("/dir", TarBuilder().device("d", '3', 1, 3).finish()),
              ErrorCode::InvalidArgument);
}

TEST_F(Copy, OutOfAContainerComesATarNamedByTheLastPart) {
    in("/dir", many_);
    EXPECT_EQ(names(out("/file")), std::vector<std::string>{"file"});
    EXPECT_EQ(names(out("/dir/many")), (std::vector<std::string>{"many/", "many/a"}));
    EXPECT_EQ(names(out("/dir/many/.")), (std::vector<std::string>{"./", "./a"}));
    EXPECT_EQ(names(out("/link")), std::vector<std::string>{"link"});
    EXPECT_EQ(names(out("/link", true)), std::vector<std::string>{"link/"});
    EXPECT_EQ(failure_of([&] { out("/missing"); }), ErrorCode::NotFound);
    EXPECT_EQ(failure_of([&] { out("/file/"); }), ErrorCode::InvalidArgument);
}

TEST_F(Copy, MountsOfAStoppedContainerAreSeenAndReadOnlyOnesKept) {
    const std::string host = scratch_.path() + "/volume";
    ::mkdir(host.c_str(), 0755);
    base::Dir::open(host).write_atomically("data", "on the host", 0644);
    box_.mounts = {{.source = host, .target = "/srv/data", .read_only = false}};
    EXPECT_EQ(names(out("/srv/data/data")), std::vector<std::string>{"data"});
    in("/srv/data", one_);
    EXPECT_EQ(base::Dir::open(host).read("one", 10), "1");
    box_.mounts[0].read_only = true;
    EXPECT_THROW(in("/srv/data", many_), Error);
    EXPECT_FALSE(base::Dir::open(host).exists("many"));
}

TEST_F(Copy, HostSeesNoMount) {
    const std::string before = base::read_file("/proc/self/mountinfo");
    static_cast<void>(out("/dir"));
    in("/dir", one_);
    EXPECT_EQ(base::read_file("/proc/self/mountinfo"), before);
}

TEST(CopyPath, TrailingSlashesAndDotsSayWhatIsMeant) {
    EXPECT_EQ(parse_copy_path("/a//b/").path, "a/b");
    EXPECT_TRUE(parse_copy_path("/a/b/").wants_dir);
    EXPECT_TRUE(parse_copy_path("/a/.").contents);
    EXPECT_EQ(parse_copy_path("/").path, ".");
    EXPECT_EQ(parse_copy_path("/../../a").path, "a");
    EXPECT_THROW(static_cast<void>(parse_copy_path("")), Error);
    EXPECT_THROW(static_cast<void>(parse_copy_path(std::string("a\0b", 3))), Error);
}

} // namespace

} // namespace berth::image
