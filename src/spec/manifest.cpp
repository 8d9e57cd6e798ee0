// SPDX-License-Identifier: LGPL-2.1-or-later
#include "manifest.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <base/strings.hpp>

namespace berth::spec {

namespace {

constexpr std::uint64_t kMaxBlob = std::uint64_t{1} << 42U; // 4 TiB

struct LayerType {
    const char* name;
    Compression compression;
};

/// Layers that are not to be given away ("foreign", "nondistributable") are tar files like others.
constexpr std::array kLayerTypes{
    LayerType{media_type::kOciLayer, Compression::None},
    LayerType{media_type::kOciLayerGzip, Compression::Gzip},
    LayerType{media_type::kOciLayerZstd, Compression::Zstd},
    LayerType{"application/vnd.oci.image.layer.nondistributable.v1.tar", Compression::None},
    LayerType{"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", Compression::Gzip},
    LayerType{"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", Compression::Zstd},
    LayerType{media_type::kDockerLayerGzip, Compression::Gzip},
    LayerType{media_type::kDockerLayer, Compression::None},
    LayerType{media_type::kDockerLayerZstd, Compression::Zstd},
    LayerType{"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Compression::Gzip},
    LayerType{"application/vnd.docker.image.rootfs.foreign.diff.tar", Compression::None},
};

std::string shown(const std::string& text) {
    return "'" + base::printable(text.substr(0, 100)) + "'";
}

Descriptor parse_descriptor(const base::JsonView& view) {
    Descriptor descriptor{.media_type = view.text("mediaType"), .digest = view.digest("digest")};
    if (!view.has("size")) view.fail("size", "is missing");
    descriptor.size = view.number("size");
    if (descriptor.size > kMaxBlob) view.fail("size", "is beyond every bound");
    descriptor.annotations = view.text_map("annotations");
    return descriptor;
}

std::optional<Platform> parse_entry_platform(const base::JsonView& view) {
    if (!view.has("platform")) return std::nullopt;
    const base::JsonView platform = view.object("platform");
    return Platform{platform.text("os"), platform.text("architecture"), platform.text("variant")};
}

/// What the text says it is and what it was declared to be must be the same or absent.
std::string agreed_type(const base::JsonView& view, const std::string& declared) {
    const std::string own = view.text("mediaType");
    static constexpr std::array kKnown{media_type::kOciManifest, media_type::kOciIndex,
                                       media_type::kDockerManifest, media_type::kDockerList};
    const bool known = std::find(kKnown.begin(), kKnown.end(), declared) != kKnown.end();
    if (!own.empty() && known && own != declared) {
        view.fail("mediaType", "is " + shown(own) + ", but it was declared as " + shown(declared));
    }
    if (!own.empty()) return own;
    return known ? declared : std::string();
}

void refuse_schema1(const base::JsonView& view) {
    const std::uint64_t version = view.number("schemaVersion");
    if (version == 1) {
        throw Error(ErrorCode::Unsupported,
                    "the image has a manifest of schema version 1, which is obsolete and can't be "
                    "verified; push the image again with a current tool");
    }
    if (version != 2) view.fail("schemaVersion", "is not 2");
}

void check_config_type(const Descriptor& config, bool docker) {
    if (config.media_type == media_type::kOciConfig ||
        config.media_type == media_type::kDockerConfig) {
        return;
    }
    // What registries and clients of years ago made of it; docker takes them for images as well.
    static constexpr std::array kOld{"application/octet-stream", "application/json", "text/html"};
    if (docker && std::find(kOld.begin(), kOld.end(), config.media_type) != kOld.end()) return;
    throw Error(ErrorCode::Unsupported,
                "it is an artifact of type " + shown(config.media_type) + ", not an image");
}

ImageManifest parse_image(const base::JsonView& view, const std::string& type) {
    const base::JsonView config = view.object("config");
    ImageManifest manifest{.media_type = type, .config = parse_descriptor(config)};
    check_config_type(manifest.config, type == media_type::kDockerManifest);
    if (manifest.config.size > kConfigLimit) config.fail("size", "is larger than 4 MiB");
    if (manifest.media_type.empty()) {
        manifest.media_type = manifest.config.media_type == media_type::kDockerConfig
                                  ? media_type::kDockerManifest
                                  : media_type::kOciManifest;
    }
    if (type == media_type::kOciIndex || type == media_type::kDockerList) {
        view.fail("mediaType", "says index, but it has layers");
    }
    for (const auto& layer : view.objects("layers", kMaxLayers)) {
        manifest.layers.push_back(parse_descriptor(layer));
        static_cast<void>(layer_compression(manifest.layers.back().media_type));
    }
    return manifest;
}

ImageIndex parse_index(const base::JsonView& view, const std::string& type) {
    ImageIndex index{.media_type = type.empty() ? media_type::kOciIndex : type, .entries = {}};
    if (type == media_type::kOciManifest || type == media_type::kDockerManifest) {
        view.fail("mediaType", "says image, but it has manifests");
    }
    for (const auto& entry : view.objects("manifests", kMaxIndexEntries)) {
        index.entries.push_back({parse_descriptor(entry), parse_entry_platform(entry)});
    }
    return index;
}

bool is_manifest_type(const std::string& type) {
    return type.empty() || type == media_type::kOciManifest ||
           type == media_type::kDockerManifest || type == media_type::kOciIndex ||
           type == media_type::kDockerList;
}

nlohmann::ordered_json dump_descriptor(const Descriptor& descriptor) {
    nlohmann::ordered_json json;
    json["mediaType"] = descriptor.media_type;
    json["size"] = descriptor.size;
    json["digest"] = descriptor.digest.str();
    if (!descriptor.annotations.empty()) json["annotations"] = descriptor.annotations;
    return json;
}

} // namespace

std::variant<ImageManifest, ImageIndex> parse_manifest(std::string_view json,
                                                       const std::string& declared) {
    const auto document = base::parse_json(json, kManifestLimit, "the manifest");
    const base::JsonView view(document, "manifest");
    refuse_schema1(view);
    const std::string type = agreed_type(view, declared);
    const bool has_image = document.contains("layers") || document.contains("config");
    const bool has_index = document.contains("manifests");
    if (has_image && has_index) {
        view.fail("manifests", "stands beside layers: it can't be an image and an index at once");
    }
    if (document.contains("fsLayers") || document.contains("history")) {
        view.fail("fsLayers", "belongs to schema version 1, but the manifest says 2");
    }
    if (!is_manifest_type(type)) {
        throw Error(ErrorCode::Unsupported,
                    "the manifest is of type " + shown(type) + ", which is no image");
    }
    if (has_index) return parse_index(view, type);
    return parse_image(view, type);
}

const IndexEntry& select_platform(const ImageIndex& index, const Platform& wanted) {
    const IndexEntry* best = nullptr;
    int best_distance = 0;
    std::vector<std::string> offered;
    for (const auto& entry : index.entries) {
        if (!is_manifest_type(entry.descriptor.media_type)) continue;
        // An entry without a platform is taken only when there is nothing to choose.
        const auto distance = entry.platform ? platform_distance(wanted, *entry.platform)
                              : index.entries.size() == 1 ? std::optional<int>(0)
                                                          : std::nullopt;
        if (entry.platform && offered.size() < 20) {
            offered.push_back(base::printable(entry.platform->str().substr(0, 60)));
        }
        if (!distance || (best != nullptr && *distance >= best_distance)) continue;
        best = &entry;
        best_distance = *distance;
    }
    if (best == nullptr) {
        throw Error(ErrorCode::NotFound,
                    "the image has nothing for " + wanted.str() + "; it is made for " +
                        (offered.empty() ? "no platform it names" : base::join(offered, ", ")));
    }
    return *best;
}

Compression layer_compression(const std::string& type) {
    for (const auto& known : kLayerTypes) {
        if (type == known.name) return known.compression;
    }
    if (type.size() > 10 && type.compare(type.size() - 10, 10, "+encrypted") == 0) {
        throw Error(ErrorCode::Unsupported, "a layer of the image is encrypted");
    }
    throw Error(ErrorCode::Unsupported, "a layer of the image has the unknown type " + shown(type));
}

const char* layer_media_type(Compression compression, bool docker) noexcept {
    switch (compression) {
    case Compression::None:
        return docker ? media_type::kDockerLayer : media_type::kOciLayer;
    case Compression::Gzip:
        return docker ? media_type::kDockerLayerGzip : media_type::kOciLayerGzip;
    case Compression::Zstd:
        break;
    }
    return docker ? media_type::kDockerLayerZstd : media_type::kOciLayerZstd;
}

std::string dump_manifest(const ImageManifest& manifest) {
    nlohmann::ordered_json json;
    json["schemaVersion"] = 2;
    json["mediaType"] = manifest.media_type;
    json["config"] = dump_descriptor(manifest.config);
    json["layers"] = nlohmann::ordered_json::array();
    for (const auto& layer : manifest.layers)
        json["layers"].push_back(dump_descriptor(layer));
    return json.dump();
}

} // namespace berth::spec
