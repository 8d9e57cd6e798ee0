// SPDX-License-Identifier: LGPL-2.1-or-later
// The words of an overlay mount, for both ways of mounting, whatever this kernel has.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <plugins/storage/layers/branch_storage.hpp>
#include <plugins/storage/overlay/plan.hpp>
#include <plugins/storage/overlay/probe.hpp>
#include <tests/support/scratch_dir.hpp>
#include <unistd.h>

#include <base/mount.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::overlay {

namespace {

LayerId id(unsigned number) {
    std::string hex = std::to_string(number);
    // Unlike in the first digits too, as digests are.
    hex = std::string(8 - hex.size(), '0') + hex;
    return LayerId(hex + std::string(56, 'f'));
}

std::vector<LayerId> ancestors(unsigned count) {
    std::vector<LayerId> ids;
    for (unsigned i = 1; i <= count; ++i)
        ids.push_back(id(i));
    return ids;
}

std::string options_of(const MountPlan& plan) {
    std::vector<std::string> words;
    for (const auto& [key, value] : plan.steps.at(0).options)
        words.push_back(key + "=" + value);
    return base::join(words, ",");
}

const layers::DepthLimit kLimit{kMaxLayers, "a limit"};
constexpr const char* kExact = ",redirect_dir=nofollow,metacopy=off,index=off";

} // namespace

TEST(OverlayPlan, NamesLayersOneByOneNearestFirst) {
    const layers::Branches branches("/s", kLimit);
    const auto plan = make_plan(branches, id(9), ancestors(2), false, true);
    const std::string at = "/s/layers/";
    EXPECT_EQ(options_of(plan), "lowerdir+=" + at + id(1).str() + "/diff,lowerdir+=" + at +
                                    id(2).str() + "/diff,upperdir=" + at + id(9).str() +
                                    "/diff,workdir=" + at + id(9).str() + "/work" + kExact);
    EXPECT_FALSE(plan.steps[0].classic);
    EXPECT_FALSE(plan.steps[0].read_only);
    EXPECT_EQ(plan.steps[0].work_dir, "");
}

TEST(OverlayPlan, ForLookingHasTheLayerItselfOnTopAndNothingToWriteTo) {
    const auto plan = make_plan(layers::Branches("/s", kLimit), id(9), ancestors(1), true, true);
    EXPECT_EQ(options_of(plan), "lowerdir+=/s/layers/" + id(9).str() +
                                    "/diff,lowerdir+=/s/layers/" + id(1).str() + "/diff" + kExact);
    EXPECT_TRUE(plan.steps[0].read_only);
}

TEST(OverlayPlan, OfASingleLayerIsABindMount) {
    for (const bool read_only : {true, false}) {
        const auto plan = layers::bind_plan(layers::Branches("/s", kLimit), id(9), read_only);
        EXPECT_EQ(plan.steps.at(0).filesystem, "bind");
        EXPECT_EQ(plan.steps[0].source, "/s/layers/" + id(9).str() + "/diff");
        EXPECT_EQ(plan.steps[0].read_only, read_only);
    }
}

TEST(OverlayPlan, UsesRelativeNamesWhereAbsoluteOnesDoNotFit) {
    const std::string deep = "/" + std::string(200, 'd');
    const auto plan = make_plan(layers::Branches(deep, kLimit), id(9), ancestors(1), false, true);
    EXPECT_EQ(plan.steps.at(0).work_dir, deep + "/layers");
    for (const auto& [key, value] : plan.steps[0].options)
        EXPECT_LT(value.size(), 256U) << key;
}

TEST(OverlayPlan, OfTheClassicWayHasShortNamesThatFitAPage) {
    const test::ScratchDir scratch;
    const layers::Branches branches(scratch.path(), kLimit);
    const auto plan = make_plan(branches, id(999), ancestors(200), false, false);
    const auto& step = plan.steps.at(0);
    EXPECT_TRUE(step.classic);
    EXPECT_EQ(step.work_dir, scratch.path() + "/l");
    EXPECT_LT(options_of(plan).size(), 4096U);
    EXPECT_EQ(step.options[0].second.substr(0, 17), "00000001:00000002");
    // The same names again: the links are there already.
    EXPECT_EQ(options_of(make_plan(branches, id(999), ancestors(200), false, false)),
              options_of(plan));
}

TEST(OverlayPlan, MountsTheSameTreeInEitherWay) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting needs root; run by ./check in tests/box";
    const test::ScratchDir scratch;
    const layers::Branches branches(scratch.path(), kLimit);
    if (!probe(scratch.path()).usable) GTEST_SKIP() << probe(scratch.path()).reason;
    std::optional<LayerId> parent;
    std::vector<LayerId> below;
    for (unsigned number = 1; number <= 150; ++number) {
        branches.make(id(number), parent, LayerKind::Image, [&](const base::Dir& layer) {
            branches.fill(layer, parent.has_value(), false);
        });
        static_cast<void>(branches.open_diff(id(number))
                              .open_file("f" + std::to_string(number), O_CREAT | O_WRONLY, 0600));
        if (parent) below.insert(below.begin(), *parent);
        parent = id(number);
    }
    std::vector<bool> ways{false};
    if (kernel_takes_layers_one_by_one()) ways.push_back(true);
    for (const bool one_by_one : ways) {
        const auto plan = make_plan(branches, *parent, below, true, one_by_one);
        const base::Dir root(base::open_mounted(plan, scratch.path()));
        EXPECT_EQ(root.list().size(), 150U) << one_by_one;
    }
}

TEST(OverlayPlan, KeepsShortNamesApart) {
    const test::ScratchDir scratch;
    const layers::Branches branches(scratch.path(), kLimit);
    const LayerId one("12345678" + std::string(56, 'a'));
    const LayerId two("12345678" + std::string(56, 'b'));
    EXPECT_EQ(branches.short_name(one), "12345678");
    EXPECT_EQ(branches.short_name(two), "12345678b");
    branches.drop_short_names(two);
    EXPECT_EQ(branches.short_name(one), "12345678");
    EXPECT_EQ(branches.dangling_short_names().size(), 1U); // there is no such layer here
}

TEST(OverlayPlan, OfTheClassicWayRefusesWhatDoesNotFitAPage) {
    const test::ScratchDir scratch;
    const layers::Branches branches(scratch.path(), kLimit);
    EXPECT_NO_THROW(static_cast<void>(make_plan(branches, id(999), ancestors(500), false, true)));
    try {
        static_cast<void>(make_plan(branches, id(999), ancestors(490), false, false));
        FAIL() << "fits";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Exhausted);
        EXPECT_NE(std::string(error.what()).find("flatten"), std::string::npos);
    }
}

} // namespace berth::overlay
