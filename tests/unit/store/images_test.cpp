// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <tests/support/scratch_dir.hpp>
#include <tests/unit/store/sample.hpp>

#include <store/store.hpp>

namespace berth {
namespace {

using test::digest;
using test::hex;
using test::image;
using test::layer;

class StoreImages : public ::testing::Test {
  protected:
    test::ScratchDir scratch_;
    store::Store store_{scratch_.path() + "/berth.db"};

    [[nodiscard]] std::vector<std::string> unreferenced() {
        std::vector<std::string> chains;
        for (const auto& record : store_.unreferenced_layers()) {
            chains.push_back(record.chain.str().substr(0, 1));
        }
        return chains;
    }
};

TEST_F(StoreImages, AreFoundByNameAndPrefix) {
    store_.add_image(image('1', '2'), {layer('a')}, {"docker.io/library/debian:12"});
    EXPECT_EQ(store_.image_by_reference("docker.io/library/debian:12")->id, digest('1'));
    EXPECT_FALSE(store_.image_by_reference("docker.io/library/debian:13"));
    EXPECT_EQ(store_.images_by_prefix("11").size(), 1U);
    EXPECT_TRUE(store_.images_by_prefix("12").empty());
    EXPECT_TRUE(store_.images_by_prefix("xyz").empty());
}

TEST_F(StoreImages, ANameMovesToTheImageThatIsAddedWithIt) {
    store_.add_image(image('1', '2'), {layer('a')}, {"h/x:1"});
    store_.add_image(image('3', '4'), {layer('a'), layer('b')}, {"h/x:1", "h/x:2"});
    EXPECT_EQ(store_.image_by_reference("h/x:1")->id, digest('3'));
    EXPECT_TRUE(store_.references(digest('1')).empty());
    EXPECT_EQ(store_.references(digest('3')), (std::vector<std::string>{"h/x:1", "h/x:2"}));
}

TEST_F(StoreImages, LayersKeepTheirOrderAndParents) {
    store_.add_image(image('1', '2'), {layer('b'), layer('a')}, {});
    const auto layers = store_.image_layers(digest('1'));
    ASSERT_EQ(layers.size(), 2U);
    EXPECT_EQ(layers[0].chain.str(), hex('b'));
    EXPECT_EQ(layers[1].blob_size, 5U);
    EXPECT_EQ(store_.layers()[0].parent->str(), hex('b'));
}

TEST_F(StoreImages, SharedLayersStayUntilTheirLastImageIsRemoved) {
    store_.add_image(image('1', '2'), {layer('a'), layer('b')}, {});
    store_.add_image(image('3', '4'), {layer('a'), layer('c')}, {});
    EXPECT_TRUE(unreferenced().empty());
    store_.remove_image(digest('1'));
    EXPECT_EQ(unreferenced(), std::vector<std::string>{"b"});
    store_.forget_layers({LayerId(hex('b'))});
    store_.remove_image(digest('3'));
    EXPECT_EQ(unreferenced(), (std::vector<std::string>{"c", "a"})) << "children come first";
    store_.forget_layers({LayerId(hex('c')), LayerId(hex('a'))});
    EXPECT_TRUE(store_.layers().empty());
    EXPECT_TRUE(store_.referenced_blobs().empty());
}

TEST_F(StoreImages, LayersBelowAContainerOutliveTheirImage) {
    store_.add_image(image('1', '2'), {layer('a'), layer('b')}, {});
    auto record = test::container('9', "web");
    record.image_layer = LayerId(hex('b'));
    store_.add_container({.record = record});
    store_.remove_image(digest('1'));
    EXPECT_TRUE(unreferenced().empty());
    (void)store_.remove_container(record.id, false);
    EXPECT_EQ(unreferenced(), (std::vector<std::string>{"b", "a"}));
}

TEST_F(StoreImages, ALayerStillInUseIsNotForgotten) {
    store_.add_image(image('1', '2'), {layer('a'), layer('b')}, {});
    store_.forget_layers({LayerId(hex('b')), LayerId(hex('a'))});
    EXPECT_EQ(store_.layers().size(), 2U);
}

TEST_F(StoreImages, AnImageAddedAgainTakesTheNewManifestAndItsBlobs) {
    store_.add_image(image('1', '2'), {layer('a')}, {});
    auto again = layer('a');
    again.blob = digest('f');
    store_.add_image(image('1', '5'), {again}, {});
    EXPECT_EQ(store_.referenced_blobs(), (std::set<Digest>{digest('1'), digest('5'), digest('f')}));
    EXPECT_EQ(store_.images().size(), 1U);
}

TEST_F(StoreImages, ANameForAnUnknownImageIsRefused) {
    EXPECT_THROW(store_.set_reference("h/x:1", digest('7')), Error);
    EXPECT_FALSE(store_.remove_reference("h/x:1"));
}

TEST_F(StoreImages, LabelsOfAnyBytesAreKept) {
    auto record = image('1', '2');
    record.labels = {{"a", "line\nfeed"}, {"\"", "'; DROP TABLE images; --"}};
    store_.add_image(record, {}, {});
    EXPECT_EQ(store_.image(digest('1')).labels, record.labels);
}

} // namespace
} // namespace berth
