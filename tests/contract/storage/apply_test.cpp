// SPDX-License-Identifier: LGPL-2.1-or-later
// What an archive's entries become in the merged tree.
#include "fixture.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <tests/support/tar_builder.hpp>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::test {

namespace {

class Apply : public StorageContract {
  protected:
    /// A base layer of these files, and a layer of the archive on it; what is seen in the end.
    base::Dir apply_over(const std::string& below, const std::string& above) {
        make_layer(layer_id(1), std::nullopt, below);
        make_layer(layer_id(2), layer_id(1), above);
        return look(layer_id(2));
    }
};
INSTANTIATE_TEST_SUITE_P(Plugins, Apply, every_plugin(),
                         [](const auto& instance) { return instance.param; });

std::string names(const base::Dir& dir, const std::string& path = ".") {
    return base::join(dir.open_dir(path).list(), " ");
}

TarBuilder two_dirs() {
    TarBuilder tar;
    tar.dir("./").dir("d").file("d/a").file("d/b").dir("d/sub").file("d/sub/c").file("top");
    return tar;
}

} // namespace

TEST_P(Apply, MakesEveryKindOfEntry) {
    TarBuilder tar;
    tar.dir("./").file("file", "hello", 04755).dir("dir", 02770).symlink("link", "/etc/passwd");
    tar.hard_link("hard", "file").device("null", '3', 1, 3).device("disk", '4', 8, 1);
    tar.device("pipe", '6', 0, 0);
    TarEntry owned;
    owned.name = "dir/owned";
    owned.content = "data";
    owned.uid = 1000;
    owned.gid = 100;
    owned.mode = 06711;
    tar.add(owned);
    make_layer(layer_id(1), std::nullopt, tar.finish());
    const auto tree = look(layer_id(1));
    EXPECT_EQ(tree.read("file", 10), "hello");
    EXPECT_EQ(tree.stat("file")->st_mode, S_IFREG | 04755U);
    EXPECT_EQ(tree.stat("file")->st_nlink, 2U);
    EXPECT_EQ(tree.stat("hard")->st_ino, tree.stat("file")->st_ino);
    EXPECT_EQ(tree.stat("dir")->st_mode, S_IFDIR | 02770U);
    EXPECT_EQ(tree.stat("dir/owned")->st_mode, S_IFREG | 06711U);
    EXPECT_EQ(tree.stat("dir/owned")->st_uid, 1000U);
    EXPECT_EQ(tree.stat("dir/owned")->st_gid, 100U);
    EXPECT_EQ(tree.stat("dir/owned")->st_mtim.tv_sec, 1'600'000'000);
    EXPECT_TRUE(S_ISLNK(tree.stat("link")->st_mode));
    EXPECT_EQ(tree.stat("link")->st_mtim.tv_sec, 1'600'000'000);
    EXPECT_EQ(tree.stat("null")->st_rdev, makedev(1, 3));
    EXPECT_TRUE(S_ISBLK(tree.stat("disk")->st_mode));
    EXPECT_TRUE(S_ISFIFO(tree.stat("pipe")->st_mode));
    EXPECT_EQ(tree.stat("dir")->st_mtim.tv_sec, 1'600'000'000);
    EXPECT_EQ(tree.stat(".")->st_mtim.tv_sec, 1'600'000'000);
}

TEST_P(Apply, KeepsAttributesCapabilitiesAndBigNumbers) {
    const std::string capability("\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                                 "\x00\x00\x00\x00",
                                 20);
    TarEntry entry;
    entry.name = "short";
    entry.content = "x";
    entry.mode = 0755;
    entry.pax = {{"path", "ping"},
                 {"uid", "3000000000"},
                 {"gid", "4294967294"},
                 {"mtime", "1600000000.123456789"},
                 {"SCHILY.xattr.security.capability", capability},
                 {"SCHILY.xattr.user.note", std::string("zero\0byte", 9)}};
    TarEntry dir;
    dir.name = "d";
    dir.type = '5';
    dir.pax = {{"SCHILY.xattr.user.dir", "yes"}, {"SCHILY.xattr.trusted.x", "root"}};
    make_layer(layer_id(1), std::nullopt, TarBuilder().dir("./").add(entry).add(dir).finish());
    const auto tree = look(layer_id(1));
    EXPECT_EQ(tree.stat("ping")->st_uid, 3'000'000'000U);
    EXPECT_EQ(tree.stat("ping")->st_gid, 4'294'967'294U);
    EXPECT_EQ(tree.stat("ping")->st_mtim.tv_nsec, 123456789);
    const auto fd = tree.open_file("ping", O_RDONLY);
    std::string value(100, '\0');
    ASSERT_EQ(::fgetxattr(fd.get(), "security.capability", value.data(), 100), 20);
    EXPECT_EQ(value.substr(0, 20), capability);
    ASSERT_EQ(::fgetxattr(fd.get(), "user.note", value.data(), 100), 9);
    EXPECT_EQ(value.substr(0, 9), std::string("zero\0byte", 9));
    const auto d = tree.open_dir("d");
    EXPECT_EQ(::fgetxattr(d.fd(), "user.dir", value.data(), 100), 3);
    EXPECT_EQ(::fgetxattr(d.fd(), "trusted.x", value.data(), 100), 4);
}

TEST_P(Apply, TakesNamesOfAnyBytes) {
    const std::string odd = "od\x01\n\x7f d \xff\xfe'\"\\";
    const std::string accents = "\xc3\xa9\xc3\xa0";
    TarEntry in_pax;
    in_pax.name = "x";
    in_pax.pax = {{"path", "\xff\xc3 raw"}};
    TarEntry text;
    text.name = "x";
    text.pax = {{"path", std::string(90, 'a') + "/" + std::string(255, 'b')}};
    make_layer(layer_id(1), std::nullopt,
               TarBuilder().dir("./").file(odd).file(accents).add(in_pax).add(text).finish());
    const auto tree = look(layer_id(1));
    EXPECT_TRUE(tree.exists(odd));
    EXPECT_TRUE(tree.exists(accents));
    EXPECT_TRUE(tree.exists("\xff\xc3 raw"));
    EXPECT_TRUE(tree.exists(std::string(90, 'a') + "/" + std::string(255, 'b')));
}

TEST_P(Apply, DropsALeadingSlashAndCleansDots) {
    make_layer(layer_id(1), std::nullopt,
               TarBuilder().dir("./").dir("/d").file("/d/./a").file("d/x/../b").finish());
    EXPECT_EQ(names(look(layer_id(1)), "d"), "a b");
}

TEST_P(Apply, DeletesByWhiteouts) {
    auto tree = apply_over(two_dirs().finish(), TarBuilder()
                                                    .dir("d")
                                                    .file("d/.wh.a", "")
                                                    .file("d/.wh.sub", "")
                                                    .file(".wh.top", "")
                                                    .file(".wh.never", "")
                                                    .finish());
    EXPECT_EQ(names(tree), "d");
    EXPECT_EQ(names(tree, "d"), "b");
}

TEST_P(Apply, HidesADirectorysContentByAnOpaqueMarker) {
    for (const bool marker_first : {true, false}) {
        TarBuilder tar;
        tar.dir("d");
        if (marker_first) tar.file("d/.wh..wh..opq", "");
        tar.file("d/new");
        if (!marker_first) tar.file("d/.wh..wh..opq", "");
        EXPECT_EQ(names(apply_over(two_dirs().finish(), tar.finish()), "d"), "new");
        storage().remove(layer_id(2));
        storage().remove(layer_id(1));
    }
}

TEST_P(Apply, KeepsWhatALayerDeletesAndMakesInEitherOrder) {
    auto tree = apply_over(two_dirs().finish(), TarBuilder()
                                                    .file(".wh.top", "")
                                                    .file("top", "new top")
                                                    .dir("d")
                                                    .file("d/new")
                                                    .file(".wh.d", "")
                                                    .finish());
    EXPECT_EQ(names(tree), "d top");
    EXPECT_EQ(names(tree, "d"), "new");
    EXPECT_EQ(tree.read("top", 100), "new top");
}

TEST_P(Apply, ReplacesADirectoryByAFileAndBack) {
    auto tree = apply_over(two_dirs().finish(), TarBuilder()
                                                    .file("d", "now a file")
                                                    .file(".wh.top", "")
                                                    .dir("top")
                                                    .file("top/inner")
                                                    .finish());
    EXPECT_EQ(tree.read("d", 100), "now a file");
    EXPECT_EQ(names(tree, "top"), "inner");
    make_layer(layer_id(3), layer_id(2), TarBuilder().dir("d").file("d/z").finish());
    EXPECT_EQ(names(look(layer_id(3)), "d"), "z");
}

TEST_P(Apply, ADirectoryThatReplacesAFileOfTheSameLayerHidesWhatIsBelow) {
    auto tree = apply_over(two_dirs().finish(),
                           TarBuilder().file("d", "file first").dir("d").file("d/own").finish());
    EXPECT_EQ(names(tree, "d"), "own");
}

TEST_P(Apply, LetsTheLastOfSeveralEntriesWin) {
    TarBuilder tar;
    tar.dir("./").file("f", "first").file("f", "second", 0600).symlink("s", "nowhere");
    tar.file("s", "no link").dir("x").file("x/in").file("x", "file").file("y").dir("y");
    tar.file("h1", "linked").hard_link("h2", "h1").file("h1", "own");
    make_layer(layer_id(1), std::nullopt, tar.finish());
    const auto tree = look(layer_id(1));
    EXPECT_EQ(tree.read("f", 100), "second");
    EXPECT_EQ(tree.stat("f")->st_mode & 07777U, 0600U);
    EXPECT_EQ(tree.read("s", 100), "no link");
    EXPECT_FALSE(tree.exists("nowhere"));
    EXPECT_EQ(tree.read("x", 100), "file");
    EXPECT_TRUE(S_ISDIR(tree.stat("y")->st_mode));
    EXPECT_EQ(tree.read("h1", 100), "own");
    EXPECT_EQ(tree.read("h2", 100), "linked");
}

TEST_P(Apply, UsesTheParentsDirectoryWhereTheArchiveHasNone) {
    TarEntry dir;
    dir.name = "d";
    dir.type = '5';
    dir.mode = 0711;
    dir.uid = 7;
    auto tree = apply_over(TarBuilder().dir("./").add(dir).file("d/a").symlink("l", "d").finish(),
                           TarBuilder().file("d/b").file("l/c").file("l/.wh.a", "").finish());
    EXPECT_EQ(names(tree, "d"), "b c");
    EXPECT_EQ(tree.stat("d")->st_mode & 07777U, 0711U);
    EXPECT_EQ(tree.stat("d")->st_uid, 7U);
    EXPECT_TRUE(S_ISLNK(tree.stat("l")->st_mode));
}

TEST_P(Apply, LinksToFilesOfTheParents) {
    auto tree =
        apply_over(two_dirs().finish(), TarBuilder().dir("d").hard_link("d/again", "d/a").finish());
    EXPECT_EQ(tree.read("d/again", 10), "x");
}

TEST_P(Apply, SaysThatItNeedsTheParentsWhereLayersAreIndependent) {
    if (!storage().traits().independent_layers) GTEST_SKIP() << "layers of this driver depend";
    make_layer(layer_id(1), std::nullopt, two_dirs().finish());
    storage().create(layer_id(2), layer_id(1), {});
    EXPECT_EQ(apply(layer_id(2), TarBuilder().file("d/b").finish()).code, ErrorCode::Busy);
    EXPECT_EQ(apply(layer_id(2), TarBuilder().hard_link("b", "d/a").finish()).code,
              ErrorCode::Busy);
    storage().create(layer_id(3), layer_id(2), {});
    EXPECT_EQ(apply(layer_id(3), TarBuilder().file("b").finish(), 100, true).code, ErrorCode::Busy);
}

TEST_P(Apply, FollowsLinksInsideTheRootOnly) {
    TarBuilder tar;
    tar.dir("./").dir("real").symlink("abs", "/real").symlink("up", "../../../real");
    tar.symlink("chain", "abs").file("abs/a").file("up/b").file("chain/c");
    make_layer(layer_id(1), std::nullopt, tar.finish());
    EXPECT_EQ(names(look(layer_id(1)), "real"), "a b c");
}

TEST_P(Apply, KeepsHolesAndSizes) {
    // GNU sparse 1.0: the map is the first block of the content.
    TarEntry sparse;
    sparse.name = "GNUSparseFile.0/s";
    std::string map = "2\n0\n4\n1048576\n4\n";
    map.resize(512, '\0');
    sparse.content = map + "headtail";
    sparse.pax = {{"GNU.sparse.major", "1"},
                  {"GNU.sparse.minor", "0"},
                  {"GNU.sparse.name", "sparse"},
                  {"GNU.sparse.realsize", "8388608"}};
    make_layer(layer_id(1), std::nullopt, TarBuilder().dir("./").add(sparse).finish());
    const auto status = look(layer_id(1)).stat("sparse");
    EXPECT_EQ(status->st_size, 8388608);
    EXPECT_LT(status->st_blocks * 512, 100'000);
    const std::string content = look(layer_id(1)).read("sparse", 1U << 24U);
    EXPECT_EQ(content.substr(0, 4), "head");
    EXPECT_EQ(content.substr(1048576, 4), "tail");
}

TEST_P(Apply, AcceptsGlobalHeadersTrailingDataAndNoEntriesAtAll) {
    TarBuilder tar;
    tar.add_pax({{"comment", "made by nobody"}}, 'g').dir("./").file("a");
    make_layer(layer_id(1), std::nullopt, tar.finish() + std::string(100'000, 'z'));
    EXPECT_EQ(names(look(layer_id(1))), "a");
    make_layer(layer_id(2), layer_id(1), std::string(1024, '\0'));
    make_layer(layer_id(3), layer_id(2), "");
    EXPECT_EQ(names(look(layer_id(3))), "a");
}

TEST_P(Apply, IgnoresTheBookkeepingOfAufs) {
    TarBuilder tar;
    tar.dir("./").file(".wh..wh.aufs", "").dir(".wh..wh.plnk").file(".wh..wh.plnk/1.2").file("a");
    make_layer(layer_id(1), std::nullopt, tar.finish());
    EXPECT_EQ(names(look(layer_id(1))), "a");
}

TEST_P(Apply, DoesNotLetAnArchiveSteerTheDriver) {
    TarEntry dir;
    dir.name = "d";
    dir.type = '5';
    dir.pax = {{"SCHILY.xattr.trusted.overlay.redirect", "/"},
               {"SCHILY.xattr.trusted.overlay.opaque", "y"},
               {"SCHILY.xattr.trusted.overlay.metacopy", ""}};
    auto tree = apply_over(two_dirs().finish(), TarBuilder().add(dir).file("d/new").finish());
    EXPECT_EQ(names(tree, "d"), "a b new sub");
}

TEST_P(Apply, CountsEntriesAndBytes) {
    storage().create(layer_id(1), std::nullopt, {});
    const auto outcome = apply(
        layer_id(1), TarBuilder().dir("./").file("a", "12345").hard_link("b", "a").finish(), 5);
    EXPECT_TRUE(outcome.ok) << outcome.message;
    EXPECT_EQ(outcome.applied.entries, 3U);
    EXPECT_EQ(outcome.applied.bytes, 5U);
    const auto over = apply(layer_id(1), TarBuilder().file("a", "123456").finish(), 5);
    EXPECT_EQ(over.code, ErrorCode::Exhausted);
}

} // namespace berth::test
