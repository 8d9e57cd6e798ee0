// SPDX-License-Identifier: LGPL-2.1-or-later
// Manifests, indexes and configurations that containers/image is tested with, read in place from
// the third-party data beside the project; without them the tests say so.
#include <array>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <spec/image_config.hpp>
#include <spec/manifest.hpp>

namespace berth::spec {

namespace {

class Fixtures : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!std::filesystem::is_directory(IMAGE_FIXTURES)) {
            GTEST_SKIP() << "the fixtures are not there: " << IMAGE_FIXTURES;
        }
    }
};

std::string read(const std::filesystem::path& path) {
    const base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text = base::read_all(fd.get(), 1U << 22U, path);
    // A symbolic link of the original, kept as a file of its target.
    if (text.starts_with("../")) return read(path.parent_path() / text);
    return text;
}

std::string read_fixture(const std::string& name) {
    return read(std::filesystem::path(IMAGE_FIXTURES) / name);
}

/// What a manifest turns out to be, in a word.
std::string verdict(const std::string& name) {
    try {
        const auto parsed = parse_manifest(read_fixture(name), "");
        if (const auto* image = std::get_if<ImageManifest>(&parsed)) {
            return (image->is_docker() ? "docker image " : "oci image ") +
                   std::to_string(image->layers.size());
        }
        const auto& index = std::get<ImageIndex>(parsed);
        return (index.media_type == media_type::kDockerList ? "docker list " : "oci index ") +
               std::to_string(index.entries.size());
    } catch (const Error& error) {
        return error.code() == ErrorCode::Unsupported ? "unsupported" : "corrupt";
    }
}

struct Expected {
    const char* name;
    const char* verdict;
};

TEST_F(Fixtures, ManifestsAreWhatTheirOwnersTakeThemFor) {
    constexpr std::array kManifests{
        Expected{"manifest/fixtures/non-json.manifest.json", "corrupt"},
        // Artifacts without a digest.
        Expected{"manifest/fixtures/ociv1.artifact.json", "corrupt"},
        Expected{"manifest/fixtures/ociv1.encrypted.manifest.json", "unsupported"},
        Expected{"manifest/fixtures/ociv1.everything.json", "unsupported"},
        Expected{"manifest/fixtures/ociv1.image.index.json", "oci index 2"},
        Expected{"manifest/fixtures/ociv1.invalid.mediatype.manifest.json", "unsupported"},
        Expected{"manifest/fixtures/ociv1.manifest.json", "oci image 3"},
        Expected{"manifest/fixtures/ociv1.nondistributable.gzip.manifest.json", "oci image 1"},
        Expected{"manifest/fixtures/ociv1.nondistributable.manifest.json", "oci image 1"},
        Expected{"manifest/fixtures/ociv1.nondistributable.zstd.manifest.json", "oci image 1"},
        Expected{"manifest/fixtures/ociv1.uncompressed.manifest.json", "oci image 3"},
        Expected{"manifest/fixtures/ociv1.zstd.manifest.json", "oci image 3"},
        Expected{"manifest/fixtures/ociv1nomime.artifact.json", "corrupt"},
        Expected{"manifest/fixtures/ociv1nomime.image.index.json", "oci index 2"},
        Expected{"manifest/fixtures/ociv1nomime.manifest.json", "oci image 3"},
        Expected{"manifest/fixtures/schema2-to-schema1-by-docker.json", "unsupported"},
        Expected{"manifest/fixtures/unknown-version.manifest.json", "corrupt"},
        Expected{"manifest/fixtures/v2list.manifest.json", "docker list 5"},
        Expected{"manifest/fixtures/v2s1-invalid-signatures.manifest.json", "unsupported"},
        Expected{"manifest/fixtures/v2s1-unsigned.manifest.json", "unsupported"},
        Expected{"manifest/fixtures/v2s1.everything.json", "unsupported"},
        Expected{"manifest/fixtures/v2s1.manifest.json", "unsupported"},
        Expected{"manifest/fixtures/v2s2.everything.json", "docker image 1"},
        Expected{"manifest/fixtures/v2s2.manifest.json", "docker image 3"},
        Expected{"manifest/fixtures/v2s2.nondistributable.gzip.manifest.json", "docker image 1"},
        Expected{"manifest/fixtures/v2s2.nondistributable.manifest.json", "docker image 1"},
        Expected{"manifest/fixtures/v2s2.uncompressed.manifest.json", "docker image 3"},
        Expected{"manifest/fixtures/v2s2nomime.manifest.json", "docker image 0"},
        Expected{"internal/manifest/testdata/oci1.index.everything.json", "oci index 1"},
        Expected{"internal/manifest/testdata/v2list.everything.json", "docker list 1"},
        Expected{"internal/image/fixtures/oci1-all-media-types.json", "oci image 6"},
        Expected{"internal/image/fixtures/oci1-all-media-types-to-schema2.json", "docker image 6"},
        Expected{"internal/image/fixtures/oci1-artifact.json", "unsupported"},
        Expected{"internal/image/fixtures/oci1-extra-config-fields.json", "oci image 5"},
        Expected{"internal/image/fixtures/oci1-invalid-media-type.json", "unsupported"},
        Expected{"internal/image/fixtures/oci1-to-schema1.json", "unsupported"},
        Expected{"internal/image/fixtures/oci1.encrypted.json", "unsupported"},
        Expected{"internal/image/fixtures/oci1.json", "oci image 5"},
        Expected{"internal/image/fixtures/schema1.json", "unsupported"},
        Expected{"internal/image/fixtures/schema2-all-media-types.json", "docker image 5"},
        // Its configuration is octets: images of years ago.
        Expected{"internal/image/fixtures/schema2.json", "docker image 5"},
        Expected{"internal/image/fixtures/schema2-to-oci1.json", "oci image 5"},
    };
    for (const auto& expected : kManifests) {
        EXPECT_EQ(verdict(expected.name), expected.verdict) << expected.name;
    }
}

TEST_F(Fixtures, IndexesGiveTheImageForAPlatform) {
    struct Choice {
        const char* index;
        const char* platform;
        const char* digest;
    };
    constexpr std::array kChoices{
        Choice{"ocilist-variants", "linux/amd64", "59eec8837a4d9"},
        Choice{"ocilist-variants", "linux/arm/v7", "eeeeeeeeeeeee"},
        Choice{"ocilist-variants", "linux/arm/v6", "ddddddddddddd"},
        Choice{"ocilist-variants", "linux/arm/unrecognized-present", "bcf9771c0b505"},
        Choice{"schema2list-variants", "linux/amd64", "59eec8837a4d9"},
        Choice{"schema2list-variants", "linux/arm/v6", "f365626a556e5"},
        Choice{"schema2list", "linux/amd64", "030fcb92e1487"},
        Choice{"schema2list", "linux/arm64", "dc472a59fb006"},
        Choice{"schema2list", "linux/arm/v7", "b5dbad4bdb444"},
        Choice{"schema2list", "linux/386", "9a33b9909e56b"},
        Choice{"schema2list", "linux/s390x", "e5aa1b0a24620"},
        Choice{"oci1index", "linux/amd64", "5b0bcabd1ed22"},
        Choice{"oci1index", "linux/ppc64le", "e692418e4cbaf"},
        Choice{"oci1.index.zstd-selection", "linux/amd64", "aaaaaaaaaaaaa"},
        Choice{"oci1.index.zstd-selection", "linux/s390x", "eeeeeeeeeeeee"},
        Choice{"oci1.index.zstd-selection2", "linux/arm64", "1c98002b30a71"},
    };
    for (const auto& choice : kChoices) {
        const auto parsed = parse_manifest(
            read_fixture("internal/manifest/testdata/" + std::string(choice.index) + ".json"), "");
        const auto& entry =
            select_platform(std::get<ImageIndex>(parsed), parse_platform(choice.platform));
        EXPECT_EQ(entry.descriptor.digest.hex().substr(0, 13), choice.digest)
            << choice.index << " " << choice.platform;
    }
}

TEST_F(Fixtures, ConfigurationsTellTheirLayers) {
    for (const std::string name :
         {"oci1", "oci1-all-media-types", "oci1-to-schema2", "oci1-config-extra-fields", "schema2",
          "schema2-to-oci1", "schema1-to-oci1", "schema1-to-schema2"}) {
        const bool whole = name.ends_with("fields");
        const auto config = parse_image_config(
            read_fixture("internal/image/fixtures/" + name + (whole ? ".json" : "-config.json")));
        EXPECT_EQ(config.architecture, "amd64") << name;
        EXPECT_GE(config.diff_ids.size(), 5U) << name;
        EXPECT_FALSE(config.cmd.empty() && config.entrypoint.empty()) << name;
        const std::string text = dump_image_config(config);
        EXPECT_EQ(dump_image_config(parse_image_config(text)), text) << name;
    }
}

} // namespace

} // namespace berth::spec
