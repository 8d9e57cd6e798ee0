// SPDX-License-Identifier: LGPL-2.1-or-later
#include "load_formats.hpp"

#include <array>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <base/json_view.hpp>
#include <image/deflate.hpp>
#include <image/layers.hpp>
#include <image/new_image.hpp>
#include <spec/image_config.hpp>
#include <spec/manifest.hpp>

namespace berth::image {

namespace {

constexpr std::size_t kMaxImages = 1000;

/// One element of manifest.json. moby image/spec/v1.2.md, "Combined Image JSON + Filesystem".
struct DockerEntry {
    std::string config;
    std::vector<std::string> names;
    std::vector<std::string> layers;
};

std::vector<DockerEntry> read_entries(SpooledArchive& archive) {
    const std::string text = archive.text("manifest.json", spec::kManifestLimit);
    auto json = base::parse_json(text, spec::kManifestLimit, "manifest.json");
    const nlohmann::json document{{"images", std::move(json)}};
    std::vector<DockerEntry> entries;
    for (const auto& entry :
         base::JsonView(document, "manifest.json").objects("images", kMaxImages)) {
        entries.push_back({.config = entry.required_text("Config"),
                           .names = entry.texts("RepoTags"),
                           .layers = entry.texts("Layers")});
        if (entries.back().layers.size() > spec::kMaxLayers) {
            entry.fail("Layers", "has more than " + std::to_string(spec::kMaxLayers) + " layers");
        }
    }
    return entries;
}

spec::Compression compression_of(const SpooledArchive::File& file) {
    std::array<unsigned char, 4> head{};
    const base::Fd fd = file.data ? file.data->open() : open_blob(file.digest);
    const ssize_t count = ::read(fd.get(), head.data(), head.size());
    if (count == 4 && head[0] == 0x1f && head[1] == 0x8b) return spec::Compression::Gzip;
    if (count == 4 && head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd) {
        return spec::Compression::Zstd;
    }
    return spec::Compression::None;
}

/// Layers as blobs of a registry: packed ones as they are, plain ones compressed, once each.
class Layers {
  public:
    Layers(SpooledArchive& archive, Progress& progress) : archive_(archive), progress_(progress) {}

    spec::Descriptor descriptor(const std::string& name, const Digest& diff) {
        const auto& file = archive_.file(name);
        const auto known = packed_.find(file.digest);
        if (known != packed_.end()) return known->second;
        const spec::Compression compression = compression_of(file);
        if (compression == spec::Compression::None && file.digest != diff) {
            throw Error(ErrorCode::Corrupt, "the archive's layer '" + name.substr(0, 100) +
                                                "' is not the one its configuration names");
        }
        const Digest plain = file.digest;
        auto made = compression == spec::Compression::None ? pack(file) : keep(name, compression);
        return packed_.emplace(plain, std::move(made)).first->second;
    }

  private:
    spec::Descriptor keep(const std::string& name, spec::Compression compression) {
        const std::uint64_t size = archive_.file(name).size;
        return {.media_type = spec::layer_media_type(compression, true),
                .digest = archive_.keep(name),
                .size = size,
                .annotations = {}};
    }
    spec::Descriptor pack(const SpooledArchive::File& file) {
        progress_.report(file.digest.brief(), "Compressing", 0, file.size);
        NewBlob blob;
        const Deflated packed = deflate(file.data->open().get(), blob.fd());
        blob.keep(packed.digest);
        return {.media_type = spec::media_type::kDockerLayerGzip,
                .digest = packed.digest,
                .size = packed.size,
                .annotations = {}};
    }

    SpooledArchive& archive_;
    Progress& progress_;
    std::map<Digest, spec::Descriptor> packed_;
};

} // namespace

std::vector<spec::JobImage> load_docker(Engine& engine, SpooledArchive& archive) {
    Layers layers(archive, engine.progress);
    std::vector<spec::JobImage> images;
    for (const auto& entry : read_entries(archive)) {
        const std::string config_text = archive.text(entry.config, spec::kConfigLimit);
        const auto config = spec::parse_image_config(config_text);
        if (config.diff_ids.size() != entry.layers.size()) {
            throw Error(ErrorCode::Corrupt,
                        "the archive has " + std::to_string(entry.layers.size()) +
                            " layers for an image of " + std::to_string(config.diff_ids.size()));
        }
        std::vector<spec::Descriptor> blobs;
        for (std::size_t at = 0; at < entry.layers.size(); ++at) {
            blobs.push_back(layers.descriptor(entry.layers[at], config.diff_ids[at]));
        }
        images.push_back(make_image(engine, config_text, config.diff_ids, blobs, true));
        for (const auto& name : entry.names) {
            std::string full = name_from_archive(name);
            if (!full.empty()) images.back().references.push_back(std::move(full));
        }
    }
    return images;
}

DockerNames read_docker_names(SpooledArchive& archive) {
    DockerNames names;
    if (!archive.has("manifest.json")) return names;
    for (auto& entry : read_entries(archive)) {
        if (archive.has(entry.config)) {
            names[archive.file(entry.config).digest] = std::move(entry.names);
        }
    }
    return names;
}

} // namespace berth::image
