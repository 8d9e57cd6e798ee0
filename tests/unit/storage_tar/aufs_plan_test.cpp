// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of an aufs mount, whatever this kernel has.
#include <gtest/gtest.h>
#include <plugins/storage/aufs/plan.hpp>
#include <plugins/storage/aufs/probe.hpp>
#include <tests/support/scratch_dir.hpp>

#include <base/file.hpp>
#include <base/strings.hpp>

namespace berth::aufs {

namespace {

LayerId id(unsigned number) {
    std::string hex = std::to_string(number);
    hex = std::string(8 - hex.size(), '0') + hex;
    return LayerId(hex + std::string(56, 'f'));
}

std::vector<LayerId> ancestors(unsigned count) {
    std::vector<LayerId> ids;
    for (unsigned i = 1; i <= count; ++i)
        ids.push_back(id(i));
    return ids;
}

class AufsPlan : public ::testing::Test {
  protected:
    [[nodiscard]] MountStep plan(unsigned below, bool read_only) const {
        const layers::Branches branches(scratch_.path(), {kMaxBranches - 1, "a limit"});
        return make_plan(branches, "/run/aufs", id(999), ancestors(below), read_only).steps.at(0);
    }
    [[nodiscard]] const std::string& path() const { return scratch_.path(); }

  private:
    test::ScratchDir scratch_;
};

std::string option(const MountStep& step, const std::string& key) {
    for (const auto& [name, value] : step.options) {
        if (name == key) return value;
    }
    return "none";
}

std::size_t count(const std::string& text, const std::string& word) {
    std::size_t found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
        ++found;
    return found;
}

} // namespace

TEST_F(AufsPlan, HasTheContainersBranchWritableAndFirstThenTheNearest) {
    const auto step = plan(2, false);
    EXPECT_EQ(step.filesystem, "aufs");
    EXPECT_EQ(option(step, "br"), "00000999=rw:00000001=ro+wh:00000002=ro+wh");
    EXPECT_EQ(option(step, "dirperm1"), "");
    EXPECT_EQ(option(step, "xino").substr(0, 10), "/run/aufs/");
    EXPECT_TRUE(step.classic);
    EXPECT_FALSE(step.read_only);
    EXPECT_EQ(step.work_dir, path() + "/l");
    EXPECT_TRUE(step.appends.empty());
}

TEST_F(AufsPlan, ForLookingHasNoWritableBranch) {
    const auto step = plan(1, true);
    EXPECT_EQ(option(step, "br"), "00000999=ro+wh:00000001=ro+wh");
    EXPECT_TRUE(step.read_only);
}

TEST_F(AufsPlan, SharesItsInodeTableWithNoOtherMount) {
    EXPECT_NE(option(plan(1, false), "xino"), option(plan(1, false), "xino"));
}

TEST_F(AufsPlan, MountsSixtyFourBranchesAndAppendsTheOthersInOrder) {
    EXPECT_TRUE(plan(63, false).appends.empty());
    const auto one_more = plan(64, false);
    EXPECT_EQ(count(option(one_more, "br"), "="), 64U);
    ASSERT_EQ(one_more.appends.size(), 1U);
    EXPECT_EQ(one_more.appends[0], "append:00000064=ro+wh");

    const auto deepest = plan(kMaxBranches - 1, false);
    EXPECT_EQ(count(option(deepest, "br"), "="), 64U);
    ASSERT_EQ(deepest.appends.size(), 2U);
    EXPECT_EQ(count(deepest.appends[0], "append:"), 40U);
    EXPECT_EQ(count(deepest.appends[1], "append:"), 23U);
    EXPECT_EQ(deepest.appends[0].substr(0, 43), "append:00000064=ro+wh,append:00000065=ro+wh");
    EXPECT_EQ(base::split(deepest.appends[1], ',').back(), "append:00000126=ro+wh");
    for (const auto& words : {option(deepest, "br"), deepest.appends[0], deepest.appends[1]})
        EXPECT_LT(words.size(), 2048U);
}

TEST(AufsProbe, OfAKernelWithoutItSaysSoAndWhatToUse) {
    if (base::read_file("/proc/filesystems").find("\taufs\n") != std::string::npos) {
        GTEST_SKIP() << "this kernel has aufs; the contract suite shows it at work";
    }
    const test::ScratchDir scratch;
    const Probe found = probe(scratch.path());
    EXPECT_FALSE(found.usable);
    EXPECT_EQ(found.reason, "this kernel has no aufs, which is not part of Linux and must be "
                            "patched in; use the storage driver 'overlay'");
}

} // namespace berth::aufs
