// SPDX-License-Identifier: LGPL-2.1-or-later
// What a container changed, as a list and as a layer: applied on the same parent, the layer gives
// the container's tree again.
#include "fixture.hpp"

#include <fstream>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <tests/support/tar_builder.hpp>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::test {

namespace {

class Diff : public StorageContract {
  protected:
    void SetUp() override {
        StorageContract::SetUp();
        if (IsSkipped()) return;
        TarBuilder tar;
        tar.dir("./").dir("etc").file("etc/passwd", "root").file("etc/gone", "x");
        tar.dir("usr").dir("usr/lib").file("usr/lib/a").file("usr/lib/b").symlink("lib", "usr/lib");
        tar.dir("full").file("full/1").file("full/2");
        make_layer(layer_id(1), std::nullopt, tar.finish());
        make_container(layer_id(2), layer_id(1));
    }

    /// Commits the container as an engine does; its tree and the new layer's.
    void expect_round_trip() {
        const std::string tar = diff(layer_id(2));
        make_layer(layer_id(3), layer_id(1), tar);
        EXPECT_EQ(difference(snapshot(look(layer_id(2)).fd()), snapshot(look(layer_id(3)).fd())),
                  "");
        // Written once more from the new layer, it is the same, byte for byte.
        EXPECT_EQ(diff(layer_id(3)), tar);
    }

    [[nodiscard]] std::string listed() {
        std::string text;
        for (const auto& change : storage().changes(layer_id(2))) {
            text += std::string(change.kind == ChangeKind::Added      ? "A "
                                : change.kind == ChangeKind::Modified ? "C "
                                                                      : "D ") +
                    change.path + "\n";
        }
        return text;
    }
};
INSTANTIATE_TEST_SUITE_P(Plugins, Diff, every_plugin(),
                         [](const auto& instance) { return instance.param; });

void write_file(const std::string& path, const std::string& content) {
    std::ofstream(path) << content;
}

} // namespace

TEST_P(Diff, OfNothingIsAnEmptyArchive) {
    EXPECT_EQ(listed(), "");
    EXPECT_EQ(diff(layer_id(2)), std::string(1024, '\0'));
    expect_round_trip();
}

TEST_P(Diff, HasWhatWasAddedChangedAndDeleted) {
    change(layer_id(2), [](const std::string& root) {
        write_file(root + "/etc/passwd", "changed");
        write_file(root + "/etc/new", "new");
        ::unlink((root + "/etc/gone").c_str());
        write_file(root + "/lib/c", "through a link");
        run("rm -rf " + root + "/full && mkdir " + root + "/full && touch " + root + "/full/3");
        write_file(root + "/short-lived", "x");
        ::unlink((root + "/short-lived").c_str());
    });
    // A driver that can't tell a new directory from an emptied one names what was in it.
    std::string changes = listed();
    for (const std::string line : {"D /full/1\n", "D /full/2\n"}) {
        if (const auto found = changes.find(line); found != std::string::npos) {
            changes.erase(found, line.size());
        }
    }
    EXPECT_EQ(changes, "C /etc\n"
                       "D /etc/gone\n"
                       "A /etc/new\n"
                       "C /etc/passwd\n"
                       "C /full\n"
                       "A /full/3\n"
                       "C /usr\n"
                       "C /usr/lib\n"
                       "A /usr/lib/c\n");
    expect_round_trip();
}

TEST_P(Diff, KeepsEveryKindOfFile) {
    change(layer_id(2), [](const std::string& root) {
        const auto at = [&](const std::string& name) { return root + "/" + name; };
        write_file(at("suid"), "program");
        ASSERT_EQ(::chown(at("suid").c_str(), 3'000'000'000U, 5), 0);
        ASSERT_EQ(::chmod(at("suid").c_str(), 06755), 0);
        const std::string capability("\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                                     "\x00\x00\x00\x00\x00",
                                     20);
        ASSERT_EQ(::setxattr(at("suid").c_str(), "security.capability", capability.data(), 20, 0),
                  0);
        ASSERT_EQ(::setxattr(at("etc").c_str(), "user.zero", "a\0b", 3, 0), 0);
        ASSERT_EQ(::symlink("../nowhere", at("sym").c_str()), 0);
        ASSERT_EQ(::mknod(at("null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
        ASSERT_EQ(::mknod(at("loop").c_str(), S_IFBLK | 0660, makedev(7, 300)), 0);
        ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
        ASSERT_EQ(::link(at("suid").c_str(), at("zz-hard").c_str()), 0);
        ASSERT_EQ(::symlink("x", at("etc/hard-symlink").c_str()), 0);
        ASSERT_EQ(::link(at("etc/hard-symlink").c_str(), at("zz-symlink").c_str()), 0);
        const timespec times[2] = {{1, 2}, {-5, 123456789}};
        ASSERT_EQ(::utimensat(AT_FDCWD, at("sym").c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
        ASSERT_EQ(::utimensat(AT_FDCWD, at("etc").c_str(), times, 0), 0);
        write_file(at(std::string(200, 'n')), "long");
        write_file(at("odd \xff\n\x01"), "odd");
        write_file(at("\xc3\xa9"), "accent");
        ASSERT_EQ(::chmod(root.c_str(), 0711), 0);
    });
    expect_round_trip();
}

TEST_P(Diff, KeepsHoles) {
    change(layer_id(2), [](const std::string& root) {
        run("truncate -s 16M " + root + "/all-hole");
        run("truncate -s 16M " + root +
            "/tail && printf head | dd conv=notrunc status=none of=" + root + "/tail");
        run("printf middle | dd conv=notrunc status=none seek=8M oflag=seek_bytes of=" + root +
            "/middle && truncate -s 15M " + root + "/middle");
        run("printf end | dd conv=notrunc status=none seek=5M oflag=seek_bytes of=" + root +
            "/end");
    });
    EXPECT_LT(diff(layer_id(2)).size(), 200'000U);
    make_layer(layer_id(3), layer_id(1), diff(layer_id(2)));
    for (const std::string name : {"all-hole", "tail", "middle", "end"}) {
        EXPECT_TRUE(look(layer_id(3)).read(name, 1U << 28U) ==
                    look(layer_id(2)).read(name, 1U << 28U))
            << name;
    }
    EXPECT_LT(storage().usage(layer_id(3)).bytes, 500'000U);
}

TEST_P(Diff, LeavesSocketsOut) {
    change(layer_id(2), [](const std::string& root) {
        const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::snprintf(address.sun_path, sizeof address.sun_path, "%s/s", root.c_str());
        ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0)
            << std::strerror(errno);
        ::close(fd);
    });
    std::ofstream(scratch() + "/diff.tar", std::ios::binary) << diff(layer_id(2));
    EXPECT_EQ(run("tar -tf " + scratch() + "/diff.tar"), "./\n");
}

TEST_P(Diff, RefusesNamesThatWouldBeReadAsDeletions) {
    bool made = false;
    change(layer_id(2), [&](const std::string& root) {
        write_file(root + "/.wh.etc", "");
        made = ::access((root + "/.wh.etc").c_str(), F_OK) == 0;
    });
    if (!made) return; // a driver whose file system takes no such name can't be asked for it
    try {
        static_cast<void>(diff(layer_id(2)));
        FAIL() << "written";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        EXPECT_NE(std::string(error.what()).find("/.wh.etc"), std::string::npos);
    }
}

TEST_P(Diff, OfALowestLayerIsTheWholeTree) {
    make_layer(layer_id(9), std::nullopt, diff(layer_id(1)));
    EXPECT_EQ(difference(snapshot(look(layer_id(1)).fd()), snapshot(look(layer_id(9)).fd())), "");
}

TEST_P(Diff, IsReadAlikeByOtherTools) {
    change(layer_id(2), [](const std::string& root) {
        write_file(root + "/etc/new", std::string(5000, 'n'));
        run("truncate -s 10M " + root + "/sparse && printf x >> " + root + "/sparse");
        write_file(root + "/" + std::string(180, 'l'), "long");
        ASSERT_EQ(::chown((root + "/etc/new").c_str(), 4'000'000'000U, 1), 0);
    });
    std::ofstream(scratch() + "/diff.tar", std::ios::binary) << diff(layer_id(2));
    const std::string listing = run("tar --numeric-owner -tvf " + scratch() + "/diff.tar");
    EXPECT_NE(listing.find("4000000000/1"), std::string::npos) << listing;
    EXPECT_NE(listing.find(std::string(180, 'l')), std::string::npos) << listing;
    EXPECT_NE(listing.find("10485761"), std::string::npos) << listing;
    const std::string python =
        run("python3 -c 'import tarfile,sys; [print(m.name,m.size,m.uid) for m in "
            "tarfile.open(\"" +
            scratch() + "/diff.tar\")]'");
    EXPECT_NE(python.find("etc/new 5000 4000000000"), std::string::npos) << python;
    EXPECT_NE(python.find("sparse 10485761 0"), std::string::npos) << python;
}

} // namespace berth::test
