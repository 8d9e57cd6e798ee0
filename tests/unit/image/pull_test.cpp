// SPDX-License-Identifier: LGPL-2.1-or-later
// Pulls against a registry in memory, with the overlay plugin and the real unpacker; needs root.
#include <tests/support/image_fixture.hpp>

#include <image/blobs.hpp>
#include <image/pull.hpp>

namespace berth::image {

namespace {

using test::failure_of;
using test::ImageRecipe;
using test::TarBuilder;

class Pull : public test::ImageTest {
  protected:
    spec::JobImage pull_ok(const std::string& reference = "reg.example/me/web:1") {
        return pull(*engine_, {.reference = reference, .platform = "linux/amd64"}).images.at(0);
    }
    ErrorCode pull_failure(const std::string& reference = "reg.example/me/web:1") {
        return failure_of([&] { static_cast<void>(pull_ok(reference)); }, &message_);
    }

    const std::string lower_ =
        TarBuilder().dir("etc").file("etc/a", "lower").file("big", test::noise(300000)).finish();
    const std::string upper_ = TarBuilder().dir("etc").file("etc/a", "upper").finish();
    std::string message_;
};

TEST_F(Pull, LayersAndBlobsAreThereAndNamedByTheResult) {
    const Digest id = test::add_image(place_, "1", {.tars = {lower_, upper_}});
    const auto image = pull_ok();
    EXPECT_EQ(image.id, id);
    EXPECT_EQ(image.references.at(0), "reg.example/me/web:1");
    EXPECT_EQ(image.references.at(1), "reg.example/me/web@" + image.manifest.str());
    ASSERT_EQ(image.layers.size(), 2U);
    for (const auto& layer : image.layers) {
        EXPECT_TRUE(storage_->is_complete(layer.chain));
        EXPECT_TRUE(has_blob(layer.blob));
        EXPECT_EQ(blob_size(layer.blob), layer.blob_size);
    }
    EXPECT_TRUE(has_blob(image.id));
    EXPECT_TRUE(has_blob(image.manifest));
    EXPECT_EQ(layer_tree(image.layers[1].chain).read("etc/a", 100), "upper");
    EXPECT_FALSE(image.up_to_date);
    EXPECT_TRUE(nothing_partial());
}

TEST_F(Pull, SecondTimeFetchesNothing) {
    test::add_image(place_, "1", {.tars = {lower_, upper_}});
    static_cast<void>(pull_ok());
    const auto served = place_.served;
    EXPECT_TRUE(pull_ok().up_to_date);
    EXPECT_EQ(place_.served, served);
}

TEST_F(Pull, AllTagsAreEveryImageOfTheRepository) {
    test::add_image(place_, "1", {.tars = {lower_}});
    test::add_image(place_, "2", {.tars = {lower_, upper_}});
    const auto all = [&](const std::string& name) {
        return pull(*engine_, {.reference = name, .platform = "linux/amd64", .all_tags = true});
    };
    const auto images = all("reg.example/me/web").images;
    ASSERT_EQ(images.size(), 2U);
    EXPECT_EQ(images[0].references.at(0), "reg.example/me/web:1");
    EXPECT_EQ(images[1].references.at(0), "reg.example/me/web:2");
    EXPECT_EQ(failure_of([&] { static_cast<void>(all("reg.example/me/web:1")); }),
              ErrorCode::InvalidArgument);
}

TEST_F(Pull, BlobOfALayerThatIsThereHasToHoldThatLayer) {
    test::add_image(place_, "1", {.tars = {lower_}});
    static_cast<void>(pull_ok());
    // Another image says that another blob, fetched or here already, holds the same layer.
    for (const auto& [tag, other] : {std::pair{"2", upper_}, std::pair{"3", upper_}}) {
        test::add_image(place_, tag, {.tars = {lower_}, .packed = {test::gzipped(other)}});
        EXPECT_EQ(pull_failure("reg.example/me/web:" + std::string(tag)), ErrorCode::Corrupt);
    }
    test::add_image(place_, "4", {.tars = {lower_}, .packed = {lower_}});
    EXPECT_EQ(pull_ok("reg.example/me/web:4").layers[0].blob, base::sha256(lower_));
}

TEST_F(Pull, BlobThatIsThereIsHeldToTheSizeToo) {
    test::add_image(place_, "1", {.tars = {upper_}});
    static_cast<void>(pull_ok());
    test::add_image(place_, "2", {.tars = {upper_}, .size_of_layer = "1000"});
    EXPECT_EQ(pull_failure("reg.example/me/web:2"), ErrorCode::Corrupt);
}

TEST_F(Pull, DamagedBytesOnDiskThatStopTheUnpackerAreFetchedAgain) {
    test::add_image(place_, "1", {.tars = {lower_}});
    const std::string blob = test::gzipped(lower_);
    const std::string damaged = blob.substr(0, 5000) + std::string(90000, 'x');
    base::Dir::open(store::partial_blob_dir())
        .write_atomically(base::sha256(blob).hex(), damaged, 0600);
    EXPECT_EQ(layer_tree(pull_ok().layers[0].chain).read("etc/a", 100), "lower");
    EXPECT_TRUE(nothing_partial());
}

TEST_F(Pull, WhatIsWrongWithoutDoubtIsNotKept) {
    test::add_image(place_, "1", {.tars = {std::string(100000, 'x')}});
    EXPECT_EQ(pull_failure(), ErrorCode::Corrupt);
    EXPECT_TRUE(nothing_partial());
}

TEST_F(Pull, SameLayerTwiceIsFetchedOnce) {
    test::add_image(place_, "1", {.tars = {upper_, lower_, lower_}});
    const auto image = pull_ok();
    EXPECT_EQ(image.layers[1].blob, image.layers[2].blob);
    EXPECT_NE(image.layers[1].chain, image.layers[2].chain);
    std::uint64_t size = blob_size(image.id);
    size += image.layers[0].blob_size + image.layers[1].blob_size;
    EXPECT_EQ(place_.served, size);
}

TEST_F(Pull, BrokenConnectionsAreTakenUpWhereTheyEnded) {
    test::add_image(place_, "1", {.tars = {lower_, upper_}});
    place_.cut_every = 7777;
    const auto image = pull_ok();
    std::uint64_t size = blob_size(image.id);
    for (const auto& layer : image.layers)
        size += layer.blob_size;
    EXPECT_EQ(place_.served, size);
}

TEST_F(Pull, InterruptedOneGoesOnInTheNextJob) {
    test::add_image(place_, "1", {.tars = {lower_}});
    place_.deny_after = 100000;
    EXPECT_EQ(pull_failure(), ErrorCode::Denied);
    EXPECT_FALSE(nothing_partial());
    EXPECT_TRUE(storage_->list().empty()) << "an unfinished layer stayed";
    const auto before = place_.served;
    const auto image = pull_ok();
    EXPECT_LT(place_.served - before, image.layers[0].blob_size - 99000);
    EXPECT_EQ(layer_tree(image.layers[0].chain).read("etc/a", 100), "lower");
    EXPECT_TRUE(nothing_partial());
}

TEST_F(Pull, WrongBytesOnDiskAreFetchedAgain) {
    test::add_image(place_, "1", {.tars = {lower_}});
    const Digest blob = base::sha256(test::gzipped(lower_));
    base::Dir::open(store::partial_blob_dir())
        .write_atomically(blob.hex(), std::string(5000, '\0'), 0600);
    const auto image = pull_ok();
    EXPECT_EQ(layer_tree(image.layers[0].chain).read("etc/a", 100), "lower");
}

TEST_F(Pull, BlobThatIsNotWhatItsDigestSaysIsRefused) {
    test::add_image(place_, "1", {.tars = {lower_}});
    place_.blobs[base::sha256(test::gzipped(lower_))] =
        test::gzipped(lower_ + std::string(512, 'x')).substr(0, test::gzipped(lower_).size());
    EXPECT_EQ(pull_failure(), ErrorCode::Corrupt);
    EXPECT_TRUE(storage_->list().empty());
    EXPECT_FALSE(has_blob(base::sha256(test::gzipped(lower_))));
}

TEST_F(Pull, BlobShorterThanItsSizeIsRefused) {
    test::add_image(place_, "1", {.tars = {upper_}, .size_of_layer = "100000"});
    EXPECT_EQ(pull_failure(), ErrorCode::Corrupt);
    EXPECT_TRUE(storage_->list().empty());
}

TEST_F(Pull, BlobLongerThanItsSizeIsRefused) {
    test::add_image(place_, "1", {.tars = {lower_}, .size_of_layer = "1000"});
    EXPECT_EQ(pull_failure(), ErrorCode::Corrupt);
}

TEST_F(Pull, LayerThatIsNotWhatTheConfigurationSaysIsRefused) {
    test::add_image(place_, "1",
                    {.tars = {upper_}, .diff_ids = {"sha256:" + std::string(64, '0')}});
    EXPECT_EQ(pull_failure(), ErrorCode::Corrupt);
    EXPECT_TRUE(storage_->list().empty());
}

TEST_F(Pull, LayerThatLeadsOutIsRefusedAndLeavesNothing) {
    test::add_image(place_, "1", {.tars = {TarBuilder().file("../../escape", "x").finish()}});
    EXPECT_EQ(pull_failure(), ErrorCode::Corrupt);
    EXPECT_TRUE(storage_->list().empty());
}

TEST_F(Pull, NumberOfLayersMustAgree) {
    ImageRecipe recipe{.tars = {upper_}};
    test::add_image(place_, "1", recipe);
    auto manifest = place_.manifests.at("1").bytes;
    manifest.replace(manifest.find("\"layers\":["), std::string::npos, "\"layers\":[]}");
    place_.add_manifest("1", "application/vnd.oci.image.manifest.v1+json", manifest);
    EXPECT_EQ(pull_failure(), ErrorCode::Corrupt);
}

TEST_F(Pull, ImageForAnotherMachineIsRefusedWhenOneWasAskedFor) {
    test::add_image(place_, "1", {.tars = {upper_}, .architecture = "s390x"});
    EXPECT_EQ(pull_failure(), ErrorCode::NotFound);
    const auto result = pull(*engine_, {.reference = "reg.example/me/web:1", .platform = ""});
    ASSERT_EQ(result.warnings.size(), 1U);
    EXPECT_NE(result.warnings[0].find("s390x"), std::string::npos);
}

TEST_F(Pull, IndexLeadsToTheImageForThePlatform) {
    const Digest other =
        test::add_image(place_, "arm", {.tars = {lower_}, .architecture = "arm64"});
    const Digest mine = test::add_image(place_, "amd", {.tars = {upper_}});
    std::string entries;
    for (const auto& [tag, arch] : {std::pair{"arm", "arm64"}, std::pair{"amd", "amd64"}}) {
        const auto& manifest = place_.manifests.at(tag);
        entries += (entries.empty() ? "" : ",") + std::string(R"({"mediaType":")") +
                   manifest.media_type + R"(","digest":")" + manifest.digest.str() +
                   R"(","size":)" + std::to_string(manifest.bytes.size()) +
                   R"(,"platform":{"os":"linux","architecture":")" + arch + R"("}})";
    }
    const Digest index =
        place_.add_manifest("1", "application/vnd.oci.image.index.v1+json",
                            R"({"schemaVersion":2,"manifests":[)" + entries + "]}");
    const auto image = pull_ok();
    EXPECT_EQ(image.id, mine);
    EXPECT_EQ(image.resolved, index);
    const auto arm =
        pull(*engine_, {.reference = "reg.example/me/web:1", .platform = "linux/arm64"});
    EXPECT_EQ(arm.images.at(0).id, other);
}

TEST_F(Pull, HardLinkIntoTheLayerBelowIsUnpackedOnItsParents) {
    const std::string linking = TarBuilder().hard_link("etc/b", "etc/a").finish();
    test::add_image(place_, "1", {.tars = {lower_, linking, upper_}});
    const auto image = pull_ok();
    EXPECT_EQ(layer_tree(image.layers[1].chain).read("etc/b", 100), "lower");
    for (const auto& layer : image.layers)
        EXPECT_TRUE(storage_->is_complete(layer.chain));
}

} // namespace

} // namespace berth::image
