// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include <base/file.hpp>
#include <spec/manifest.hpp>

namespace berth::spec {

namespace {

std::string digest(char c) {
    return "sha256:" + std::string(64, c);
}

std::string descriptor(const std::string& type, char c, const std::string& size = "10") {
    return R"({"mediaType":")" + type + R"(","digest":")" + digest(c) + R"(","size":)" + size + "}";
}

std::string manifest(const std::string& layers, const std::string& more = "") {
    return R"({"schemaVersion":2,"config":)" + descriptor(media_type::kOciConfig, 'c') +
           R"(,"layers":[)" + layers + "]" + more + "}";
}

ImageManifest image(const std::string& json, const std::string& declared = "") {
    return std::get<ImageManifest>(parse_manifest(json, declared));
}

ErrorCode failure(const std::string& json, const std::string& declared = "") {
    try {
        static_cast<void>(parse_manifest(json, declared));
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "accepted: " << json.substr(0, 200);
    return ErrorCode::Internal;
}

TEST(Manifest, LayersAreReadInTheirOrder) {
    const auto read = image(manifest(descriptor(media_type::kOciLayerGzip, '1') + "," +
                                     descriptor(media_type::kOciLayerZstd, '2', "77")));
    ASSERT_EQ(read.layers.size(), 2U);
    EXPECT_EQ(read.layers[0].digest.str(), digest('1'));
    EXPECT_EQ(read.layers[1].size, 77U);
    EXPECT_EQ(read.media_type, media_type::kOciManifest);
}

TEST(Manifest, BothLayersAndManifestsAreRefused) {
    EXPECT_EQ(failure(manifest("", R"(,"manifests":[])")), ErrorCode::Corrupt);
    EXPECT_EQ(failure(R"({"schemaVersion":2,"manifests":[],"config":{}})"), ErrorCode::Corrupt);
}

TEST(Manifest, TypeThatContradictsTheDeclaredOneIsRefused) {
    const std::string json =
        manifest("", std::string(R"(,"mediaType":")") + media_type::kOciManifest + "\"");
    EXPECT_EQ(failure(json, media_type::kDockerManifest), ErrorCode::Corrupt);
    EXPECT_EQ(failure(manifest(""), media_type::kOciIndex), ErrorCode::Corrupt);
    EXPECT_NO_THROW(image(json, "application/octet-stream"));
}

TEST(Manifest, SchemaOneIsRefusedWithTheReason) {
    try {
        static_cast<void>(parse_manifest(R"({"schemaVersion":1,"fsLayers":[]})", ""));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Unsupported);
        EXPECT_NE(std::string(error.what()).find("schema version 1"), std::string::npos);
    }
}

TEST(Manifest, MalformedOnesAreRefused) {
    const std::string layer = media_type::kOciLayerGzip;
    for (const std::string& json : {
             std::string("[]"),
             std::string("null"),
             std::string("{"),
             std::string(),
             std::string(R"({"schemaVersion":2})"),
             std::string(R"({"schemaVersion":"2"})"),
             manifest(descriptor(layer, '1', "-1")),
             manifest(descriptor(layer, '1', "1.5")),
             manifest(descriptor(layer, '1', "99999999999999999999")),
             manifest(descriptor(layer, '1', "18446744073709551615")),
             manifest(descriptor(layer, 'g')),
             manifest("null"),
             manifest("7"),
             manifest(R"({"mediaType":")" + layer + R"(","size":1})"),
             manifest(R"({"mediaType":")" + layer + R"(","digest":")" + digest('1') + "\"}"),
         }) {
        EXPECT_EQ(failure(json), ErrorCode::Corrupt) << json;
    }
}

TEST(Manifest, MoreThanItsBoundsIsRefused) {
    std::string layers;
    for (std::size_t n = 0; n <= kMaxLayers; ++n)
        layers += (n == 0 ? "" : ",") + descriptor(media_type::kOciLayerGzip, '1');
    EXPECT_EQ(failure(manifest(layers)), ErrorCode::Corrupt);
    EXPECT_EQ(failure(manifest("", ",\"x\":\"" + std::string(kManifestLimit, 'x') + "\"")),
              ErrorCode::Corrupt);
    EXPECT_EQ(failure(manifest("", ",\"x\":" + std::string(1000, '['))), ErrorCode::Corrupt);
}

TEST(Manifest, WhatIsNoImageSaysWhatItIs) {
    const std::string json = R"({"schemaVersion":2,"config":)" +
                             descriptor("application/vnd.example.chart", 'c') + R"(,"layers":[]})";
    EXPECT_EQ(failure(json), ErrorCode::Unsupported);
    EXPECT_EQ(failure(manifest(descriptor("application/vnd.example.file", '1'))),
              ErrorCode::Unsupported);
    EXPECT_EQ(
        failure(manifest(descriptor(std::string(media_type::kOciLayerGzip) + "+encrypted", '1'))),
        ErrorCode::Unsupported);
}

TEST(Manifest, AddressesOfForeignLayersAreIgnored) {
    const std::string layer =
        R"({"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","digest":")" +
        digest('1') + R"(","size":3,"urls":["https://example.org/secret"]})";
    EXPECT_EQ(image(manifest(layer)).layers.at(0).digest.str(), digest('1'));
}

TEST(Manifest, WrittenAndReadAgainIsTheSame) {
    const auto read = image(manifest(descriptor(media_type::kOciLayerGzip, '1')));
    const auto again = image(dump_manifest(read), media_type::kOciManifest);
    EXPECT_EQ(again.layers, read.layers);
    EXPECT_EQ(again.config, read.config);
    EXPECT_EQ(dump_manifest(again), dump_manifest(read));
}

std::string entry(const std::string& os, const std::string& arch, const std::string& variant,
                  char c) {
    return R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" + digest(c) +
           R"(","size":5,"platform":{"os":")" + os + R"(","architecture":")" + arch +
           R"(","variant":")" + variant + R"("}})";
}

ImageIndex index_of(const std::string& entries) {
    return std::get<ImageIndex>(
        parse_manifest(R"({"schemaVersion":2,"manifests":[)" + entries + "]}", ""));
}

TEST(Index, BestVariantOfAPlatformIsChosen) {
    const auto index = index_of(
        entry("linux", "arm", "v5", '5') + "," + entry("linux", "arm", "v6", '6') + "," +
        entry("linux", "arm64", "v8", '8') + "," + entry("windows", "amd64", "", 'e') + "," +
        entry("unknown", "unknown", "", 'f') + "," + entry("linux", "amd64", "", 'a'));
    const auto chosen = [&](const char* platform) {
        return select_platform(index, parse_platform(platform)).descriptor.digest.str();
    };
    EXPECT_EQ(chosen("linux/arm/v7"), digest('6'));
    EXPECT_EQ(chosen("linux/arm/v5"), digest('5'));
    EXPECT_EQ(chosen("linux/arm64"), digest('8'));
    EXPECT_EQ(chosen("x86_64"), digest('a'));
    EXPECT_EQ(chosen("linux/amd64/v3"), digest('a'));
    EXPECT_EQ(chosen("windows/amd64"), digest('e'));
}

TEST(Index, MissingPlatformNamesThoseThereAre) {
    const auto index = index_of(entry("linux", "s390x", "", 'a'));
    try {
        static_cast<void>(select_platform(index, parse_platform("linux/amd64")));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
        EXPECT_NE(std::string(error.what()).find("linux/s390x"), std::string::npos);
    }
}

TEST(Platform, MalformedNamesAreRefused) {
    for (const char* text : {"linux/", "/amd64", "a/b/c/d", "linux/am d64", "linux/amd64/../x"}) {
        EXPECT_THROW(static_cast<void>(parse_platform(text)), Error) << text;
    }
    EXPECT_EQ(parse_platform("").str(), host_platform().str());
}

/// The specification's own examples and those of other tools, where they are at hand.
TEST(Manifest, ExamplesOfOthersAreJudgedAsTheirNamesSay) {
    const char* data = std::getenv("BERTH_TEST_DATA");
    const std::string dir =
        std::string(data != nullptr ? data : "") + "/image-fixtures/internal/manifest/testdata/";
    if (data == nullptr || !std::filesystem::exists(dir)) {
        GTEST_SKIP() << "needs BERTH_TEST_DATA, a directory with image-fixtures";
    }
    for (const char* name :
         {"ociv1.manifest.json", "v2s2.manifest.json", "ociv1nomime.manifest.json"}) {
        if (!std::filesystem::exists(dir + name)) continue;
        EXPECT_NO_THROW(image(base::read_file(dir + name))) << name;
    }
    for (const char* name : {"ociv1.image.index.json", "v2list.manifest.json",
                             "ocilist-variants.json", "schema2list-variants.json"}) {
        EXPECT_TRUE(
            std::holds_alternative<ImageIndex>(parse_manifest(base::read_file(dir + name), "")))
            << name;
    }
    for (const char* name : {"v2s1-invalid-signatures.manifest.json"}) {
        EXPECT_EQ(failure(base::read_file(dir + name)), ErrorCode::Unsupported) << name;
    }
}

} // namespace

} // namespace berth::spec
