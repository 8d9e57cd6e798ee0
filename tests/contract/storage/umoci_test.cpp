// SPDX-License-Identifier: LGPL-2.1-or-later
// The same archives unpacked by umoci and by berth give the same tree.
#include "fixture.hpp"

#include <cstdlib>
#include <fstream>

#include <tests/support/tar_builder.hpp>

#include <berth/error.hpp>

namespace berth::test {

namespace {

class Umoci : public StorageContract {
  protected:
    void SetUp() override {
        StorageContract::SetUp();
        if (IsSkipped()) return;
        if (std::system("umoci --version >/dev/null 2>&1") != 0) {
            GTEST_SKIP() << "umoci is not installed (Debian package umoci)";
        }
    }

    /// Gives both the archives as an image's layers, lowest first.
    void expect_same_tree(const std::vector<std::string>& layers,
                          const SnapshotOptions& options = {}) {
        const std::string at = scratch() + "/umoci";
        run("rm -rf " + at + " && mkdir " + at + " && umoci init --layout " + at +
            "/oci && umoci new --image " + at + "/oci:t");
        std::optional<LayerId> parent;
        unsigned number = next_;
        for (const auto& layer : layers) {
            std::ofstream(at + "/layer.tar", std::ios::binary) << layer;
            run("umoci raw add-layer --image " + at + "/oci:t " + at + "/layer.tar");
            make_layer(layer_id(number), parent, layer);
            parent = layer_id(number++);
        }
        next_ = number;
        run("umoci unpack --image " + at + "/oci:t " + at + "/bundle");
        EXPECT_EQ(difference(snapshot(at + "/bundle/rootfs", options),
                             snapshot(look(*parent).fd(), options)),
                  "");
    }

    std::string pack(const std::string& script, const std::string& tar_options) {
        const std::string at = scratch() + "/pack";
        run("rm -rf " + at + " && mkdir -p " + at + "/tree && cd " + at + "/tree && (set -e; " +
            script + ")");
        run("tar -C " + at + "/tree " + tar_options + " -cf " + at + "/out.tar .");
        return base::Dir::open(at).read("out.tar", 1U << 30U);
    }

  private:
    unsigned next_ = 1;
};
INSTANTIATE_TEST_SUITE_P(Plugins, Umoci, every_plugin(),
                         [](const auto& instance) { return instance.param; });

const std::string kTree = NASTY_TREE " .";
const std::string kHuge = NASTY_TREE " . huge";

} // namespace

TEST_P(Umoci, AgreesOnEveryKindOfEntryInEveryFormat) {
    const SnapshotOptions whole_seconds{true, true, true, {}};
    const std::string all = "--xattrs --xattrs-include='*' ";
    expect_same_tree({pack(kTree, all + "--format=pax")});
    expect_same_tree({pack(kTree, "--format=gnu")}, whole_seconds);
    expect_same_tree({pack(kHuge, all + "--format=pax -S --sparse-version=1.0")});
    expect_same_tree({pack(kHuge, "--format=pax -S --sparse-version=0.1")});
    expect_same_tree({pack(kHuge, "--format=pax -S --sparse-version=0.0")});
}

// umoci knows no sparse files of GNU's format: here GNU tar itself is the judge.
TEST_P(Umoci, AgreesWithGnuTarOnItsSparseFiles) {
    const std::string layer = pack(kHuge, "--format=gnu -S");
    const std::string theirs = scratch() + "/gnu";
    run("mkdir " + theirs + " && tar -C " + theirs + " -xpf " + scratch() + "/pack/out.tar");
    make_layer(layer_id(1), std::nullopt, layer);
    EXPECT_EQ(difference(snapshot(theirs), snapshot(look(layer_id(1)).fd())), "");
}

TEST_P(Umoci, AgreesOnOldFormats) {
    const std::string small = "mkdir a; echo x > a/b; ln -s b a/c; ln a/b a/d; chown 7:8 a/b";
    const SnapshotOptions whole_seconds{true, true, true, {}};
    expect_same_tree({pack(small, "--format=v7")}, whole_seconds);
    expect_same_tree({pack(small, "--format=ustar")}, whole_seconds);
    expect_same_tree({pack(small, "--format=oldgnu")}, whole_seconds);
}

TEST_P(Umoci, AgreesOnStackedLayersWithDeletions) {
    const std::string lowest = pack(kTree, "--format=pax --xattrs --xattrs-include='*'");
    TarBuilder second;
    second.dir("etc").file("etc/.wh.hello", "").file("etc/new", "n").dir("etc/deep");
    second.file(".wh.deep", "").file(".wh.-rf", "").file(".wh.sparse-end", "").file(".wh..wh", "");
    second.file(".wh." + std::string(200, 'l'), "").file(".wh.pipe-hard", "");
    second.file("etc/deep/.wh..wh..opq", "").file("etc/deep/own").file(".wh.dev-null", "");
    second.dir("usr").symlink("usr/lib", "../etc").file("bin", "a file now", 0700);
    TarBuilder third;
    third.dir("etc", 0711).file("etc/hello", "again").file("usr/lib/by-link", "through a link");
    third.hard_link("usr/linked", "etc/new").file(".wh.bin", "").dir("bin").file("bin/z");
    expect_same_tree({lowest, second.finish(), third.finish()});
}

TEST_P(Umoci, AgreesOnEntriesThatContradictEachOther) {
    TarBuilder tar;
    tar.dir("./").file("f", "first").file("f", "second", 0600).symlink("s", "nowhere");
    tar.file("s", "no link").dir("x").file("x/in").file("x", "file").dir("d", 0700);
    tar.file("d/in").dir("d", 0755).dir("./d/./", 0711).hard_link("h", "f").file("f", "third");
    expect_same_tree({tar.finish()});
}

TEST_P(Umoci, AgreesOnAttributesOfDirectoriesThatAreThere) {
    TarEntry dir;
    dir.name = "d";
    dir.type = '5';
    dir.pax = {{"SCHILY.xattr.user.a", "1"}, {"SCHILY.xattr.user.b", "2"}};
    TarEntry again = dir;
    again.pax = {{"SCHILY.xattr.user.b", "3"}};
    const std::string below = TarBuilder().dir("./").add(dir).finish();
    const std::string above = TarBuilder().add(again).file("d/x").finish();
    expect_same_tree({below, above});
    // The same through the merged view: "l/y" needs the parent's link.
    expect_same_tree({TarBuilder().dir("./").add(dir).symlink("l", "d").finish(),
                      TarBuilder().add(again).file("l/y").finish()});
}

} // namespace berth::test
