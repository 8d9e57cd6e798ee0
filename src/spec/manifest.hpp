// SPDX-License-Identifier: LGPL-2.1-or-later
// What a registry says an image consists of: image manifests and indexes, of Docker (schema 2) and
// of OCI. Read from untrusted JSON with bounds.
// Source: OCI image-spec, manifest.md, image-index.md, descriptor.md; distribution
// docs/spec/manifest-v2-2.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <berth/id.hpp>
#include <spec/platform.hpp>

namespace berth::spec {

namespace media_type {
inline constexpr const char* kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr const char* kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr const char* kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr const char* kOciLayer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr const char* kOciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr const char* kOciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr const char* kDockerManifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr const char* kDockerList =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr const char* kDockerConfig = "application/vnd.docker.container.image.v1+json";
inline constexpr const char* kDockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr const char* kDockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
inline constexpr const char* kDockerLayerZstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";
} // namespace media_type

inline constexpr std::size_t kManifestLimit = 4U << 20U; ///< bytes
inline constexpr std::size_t kConfigLimit = 4U << 20U;   ///< bytes
inline constexpr std::size_t kMaxLayers = 512;
inline constexpr std::size_t kMaxIndexEntries = 4096;

/// A blob by what it is, how large and its digest. `urls` are never followed: a blob comes from the
/// registry that named it or not at all.
struct Descriptor {
    std::string media_type;
    Digest digest;
    std::uint64_t size = 0;
    std::map<std::string, std::string> annotations;
    bool operator==(const Descriptor&) const = default;
};

struct ImageManifest {
    std::string media_type; ///< kOciManifest or kDockerManifest
    Descriptor config;
    std::vector<Descriptor> layers; ///< lowest first
    [[nodiscard]] bool is_docker() const { return media_type == media_type::kDockerManifest; }
};

struct IndexEntry {
    Descriptor descriptor;
    std::optional<Platform> platform;
};

struct ImageIndex {
    std::string media_type; ///< kOciIndex or kDockerList
    std::vector<IndexEntry> entries;
};

enum class Compression { None, Gzip, Zstd };

/// Parses at most kManifestLimit bytes. `declared` is what the registry or index called it, may be
/// empty. Corrupt: malformed, contradictory (both layers and manifests, types that disagree);
/// Unsupported: schema 1, an artifact that is no image, encrypted or unknown layers.
[[nodiscard]] std::variant<ImageManifest, ImageIndex> parse_manifest(std::string_view json,
                                                                     const std::string& declared);

/// The entry that suits best, the first of equals; NotFound names the platforms there are.
[[nodiscard]] const IndexEntry& select_platform(const ImageIndex& index, const Platform& wanted);

/// How a layer of that type is packed; Unsupported for a type that is no layer.
[[nodiscard]] Compression layer_compression(const std::string& media_type);
/// The type of such a layer in a Docker or an OCI manifest.
[[nodiscard]] const char* layer_media_type(Compression compression, bool docker) noexcept;

/// A manifest's JSON, keys in a fixed order of their own.
[[nodiscard]] std::string dump_manifest(const ImageManifest& manifest);

} // namespace berth::spec
