// SPDX-License-Identifier: LGPL-2.1-or-later
// Archives made to break out, to contradict themselves or to use up the machine.
#include "fixture.hpp"

#include <fstream>

#include <tests/support/tar_builder.hpp>

#include <berth/error.hpp>

namespace berth::test {

namespace {

class Hostile : public StorageContract {
  protected:
    void SetUp() override {
        StorageContract::SetUp();
        if (IsSkipped()) return;
        std::ofstream(scratch() + "/victim") << "untouched";
        make_layer(layer_id(1), std::nullopt,
                   TarBuilder().dir("./").dir("etc").file("etc/passwd", "inside").finish());
        before_ = outside();
    }

    /// All of the scratch directory but the layer under attack. What a driver with devices keeps of
    /// them changes with every layer; there the tree of the layer below is looked at.
    [[nodiscard]] std::string outside() {
        const bool devices = !storage().traits().independent_layers;
        const std::string changing = devices ? " -path ./state -o -path ./run -o" : "";
        std::string text =
            run("cd " + scratch() + " && find . \\(" + changing + " -path '*/layers/" +
                layer_id(2).str() +
                "*' \\) -prune -o ! -name layers -printf '%p %m %u %s %l %T@\\n' | sort");
        if (!devices) return text;
        for (const auto& [path, line] : snapshot(look(layer_id(1)).fd()))
            text += path + " " + line + "\n";
        return text;
    }

    Outcome attack(const std::string& tar, std::uint64_t max_bytes = 1U << 24U) {
        storage().create(layer_id(2), layer_id(1), {});
        auto outcome = apply(layer_id(2), tar, max_bytes);
        if (!outcome.ok && outcome.code == ErrorCode::Busy) {
            outcome = apply(layer_id(2), tar, max_bytes, true);
        }
        EXPECT_EQ(outside(), before_);
        return outcome;
    }

    void expect_corrupt(const std::string& what, const std::string& tar) {
        const auto outcome = attack(tar);
        EXPECT_FALSE(outcome.ok) << what;
        EXPECT_EQ(outcome.code, ErrorCode::Corrupt) << what << ": " << outcome.message;
    }

  private:
    std::string before_;
};
INSTANTIATE_TEST_SUITE_P(Plugins, Hostile, every_plugin(),
                         [](const auto& instance) { return instance.param; });

} // namespace

TEST_P(Hostile, NamesThatLeadOutAreRefused) {
    for (const std::string name :
         {"../victim", "a/../../victim", "/../victim", "..", "../../..", "a/b/../../../x"}) {
        expect_corrupt(name, TarBuilder().file(name).finish());
        expect_corrupt(name, TarBuilder().dir(name).finish());
        expect_corrupt(name, TarBuilder().symlink(name, "x").finish());
    }
    TarEntry pax;
    pax.name = "fine";
    pax.pax = {{"path", "../victim"}};
    expect_corrupt("pax path", TarBuilder().add(pax).finish());
}

TEST_P(Hostile, LinksDoNotLeadOut) {
    const auto through = [&](const std::string& target) {
        TarBuilder tar;
        tar.dir("./").symlink("l", target).file("l/victim", "changed");
        return attack(tar.finish());
    };
    // Each ends inside the layer or in an error; attack() sees that nothing outside changed.
    for (const std::string& target :
         {scratch(), std::string("/"), std::string("../../../.."), std::string("/proc/self/root"),
          std::string("/proc/1/root"), std::string("/proc/self/cwd"), std::string("l"),
          std::string("."), std::string("//../..//")}) {
        static_cast<void>(through(target));
    }
}

TEST_P(Hostile, AWriteThroughALinkReplacesTheLink) {
    TarBuilder tar;
    tar.dir("./").symlink("f", scratch() + "/victim").file("f", "changed");
    EXPECT_TRUE(attack(tar.finish()).ok);
    EXPECT_EQ(look(layer_id(2)).read("f", 100), "changed");
}

TEST_P(Hostile, HardLinksDoNotLeadOut) {
    for (const std::string& target :
         {std::string("../victim"), std::string("/../../victim"), scratch() + "/victim",
          std::string("/proc/self/exe"), std::string("etc"), std::string("."),
          std::string("no/such"), std::string("f")}) {
        TarBuilder tar;
        tar.dir("./").dir("etc").hard_link("f", target).file("f", "changed");
        const auto outcome = attack(tar.finish());
        EXPECT_FALSE(outcome.ok) << target;
        EXPECT_EQ(outcome.code, ErrorCode::Corrupt) << target << ": " << outcome.message;
    }
    TarBuilder tar;
    tar.dir("./").symlink("s", scratch() + "/victim").hard_link("f", "s").file("f", "changed");
    EXPECT_TRUE(attack(tar.finish()).ok);
}

TEST_P(Hostile, DeletionsDoNotLeadOut) {
    for (const std::string name :
         {".wh.", ".wh..", ".wh...", "etc/.wh.", "etc/.wh...", "../.wh.victim",
          "etc/../../.wh.victim", ".wh.x/y", "etc/.wh.x/y"}) {
        expect_corrupt(name, TarBuilder().dir("./").dir("etc").file(name, "").finish());
    }
    for (const std::string& target : {scratch(), std::string("../../..")}) {
        static_cast<void>(
            attack(TarBuilder().dir("./").symlink("l", target).file("l/.wh.victim", "").finish()));
        static_cast<void>(attack(
            TarBuilder().dir("./").symlink("l", target).file("l/.wh..wh..opq", "").finish()));
    }
}

TEST_P(Hostile, TheRootStaysADirectory) {
    expect_corrupt("file", TarBuilder().file("./").finish());
    expect_corrupt("link", TarBuilder().symlink("/", "etc").finish());
    expect_corrupt("hard link", TarBuilder().hard_link(".", "etc/passwd").finish());
    expect_corrupt("device", TarBuilder().device("", '3', 1, 3).finish());
}

TEST_P(Hostile, EntriesBelowAFileAreRefused) {
    expect_corrupt("file", TarBuilder().dir("./").file("f").file("f/x").finish());
    expect_corrupt("device", TarBuilder().dir("./").device("f", '3', 1, 3).file("f/x").finish());
    expect_corrupt("loop", TarBuilder().symlink("a", "b").symlink("b", "a").file("a/x").finish());
}

TEST_P(Hostile, NumbersOutOfRangeAreRefused) {
    const auto with_pax = [](const std::string& key, const std::string& value) {
        TarEntry entry;
        entry.name = "f";
        entry.pax = {{key, value}};
        return TarBuilder().dir("./").add(entry).finish();
    };
    expect_corrupt("uid", with_pax("uid", "4294967296"));
    expect_corrupt("uid -1", with_pax("uid", "4294967295"));
    expect_corrupt("negative uid", with_pax("uid", "-5"));
    expect_corrupt("negative size", with_pax("size", "-1"));
    expect_corrupt("size beyond the end", with_pax("size", "99999999999"));
    TarEntry negative;
    negative.name = "f";
    negative.raw_size = std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe", 12);
    expect_corrupt("negative binary size", TarBuilder().add(negative).finish());
    expect_corrupt("device", TarBuilder().device("d", '3', 65536, 0).finish());
}

TEST_P(Hostile, NamesTooLongOrTooDeepAreRefused) {
    const auto named = [](const std::string& name) {
        TarEntry entry;
        entry.name = "f";
        entry.pax = {{"path", name}};
        return TarBuilder().dir("./").add(entry).finish();
    };
    expect_corrupt("component", named(std::string(256, 'a')));
    std::string deep;
    for (int i = 0; i < 2100; ++i)
        deep += "d/";
    expect_corrupt("path", named(deep + "f"));
    // Deeper than a path is long, by way of links.
    std::string half;
    for (int i = 0; i < 1000; ++i)
        half += "d/";
    TarEntry link;
    link.name = "l";
    link.type = '2';
    link.pax = {{"linkpath", half}};
    TarEntry first;
    first.name = "f";
    first.type = '5';
    first.pax = {{"path", half}};
    TarEntry second = first;
    second.pax = {{"path", "l/" + half + half}};
    expect_corrupt("real path", TarBuilder().dir("./").add(first).add(link).add(second).finish());
}

TEST_P(Hostile, BrokenArchivesAreRefused) {
    const std::string good = TarBuilder().dir("./").file("a", std::string(2000, 'a')).finish();
    expect_corrupt("garbage", std::string(4096, 'g'));
    expect_corrupt("half a header", good.substr(0, 700));
    expect_corrupt("half a file", good.substr(0, 512 + 512 + 1000));
    std::string checksum = good;
    checksum[512 + 150] ^= 1;
    expect_corrupt("checksum", checksum);
    expect_corrupt("pax header without entry",
                   TarBuilder().add_pax({{"path", "x"}}, 'x').unfinished());
    expect_corrupt("pax record", TarBuilder().add({"pax", 'x', "99 path=x\n"}).file("f").finish());
    expect_corrupt("endless pax header",
                   TarBuilder().add({"pax", 'x', std::string(3U << 20U, '9')}).file("f").finish());
}

TEST_P(Hostile, BombsEndAtTheirBounds) {
    EXPECT_EQ(
        attack(TarBuilder().dir("./").file("f", std::string(1U << 20U, 'x')).finish(), 1U << 19U)
            .code,
        ErrorCode::Exhausted);
    TarEntry sparse;
    sparse.name = "GNUSparseFile.0/s";
    std::string map = "1\n0\n0\n";
    map.resize(512, '\0');
    sparse.content = map;
    sparse.pax = {{"GNU.sparse.major", "1"},
                  {"GNU.sparse.minor", "0"},
                  {"GNU.sparse.name", "sparse"},
                  {"GNU.sparse.realsize", "9223372036854775807"}};
    const auto outcome = attack(TarBuilder().dir("./").add(sparse).finish());
    EXPECT_LT(storage().usage(layer_id(2)).bytes, 1U << 20U) << outcome.message;
    TarEntry attributes;
    attributes.name = "f";
    attributes.pax = {{"SCHILY.xattr.user.big", std::string(70'000, 'x')}};
    EXPECT_FALSE(attack(TarBuilder().dir("./").add(attributes).finish()).ok);
}

TEST_P(Hostile, ADeviceThatOverlayReadsAsADeletionIsOne) {
    const auto outcome =
        attack(TarBuilder().dir("./").dir("etc").device("etc/passwd", '3', 0, 0).finish());
    EXPECT_TRUE(outcome.ok) << outcome.message;
    EXPECT_TRUE(look(layer_id(2)).open_dir("etc").list().empty());
}

} // namespace berth::test
