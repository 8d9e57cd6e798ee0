// SPDX-License-Identifier: LGPL-2.1-or-later
#include "load_formats.hpp"

#include <algorithm>
#include <variant>

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <image/layers.hpp>
#include <spec/image_config.hpp>
#include <spec/manifest.hpp>
#include <spec/reference.hpp>

namespace berth::image {

namespace {

constexpr const char* kContainerdName = "io.containerd.image.name";
constexpr const char* kRefName = "org.opencontainers.image.ref.name";

std::string blob_name(const Digest& digest) {
    return "blobs/sha256/" + digest.hex();
}

/// The file of a descriptor, which must be what the descriptor says.
void check_blob(SpooledArchive& archive, const spec::Descriptor& blob) {
    const auto& file = archive.file(blob_name(blob.digest));
    if (file.digest != blob.digest || file.size != blob.size) {
        throw Error(ErrorCode::Corrupt,
                    "the archive's blob '" + blob.digest.str() + "' is not what it should be");
    }
}

std::string blob_text(SpooledArchive& archive, const spec::Descriptor& blob) {
    check_blob(archive, blob);
    return archive.text(blob_name(blob.digest), spec::kManifestLimit);
}

/// Follows an index inside the archive to the manifest for a platform.
spec::Descriptor image_of(SpooledArchive& archive, spec::Descriptor descriptor,
                          const spec::Platform& platform) {
    for (int depth = 0; depth < 3; ++depth) {
        const auto parsed =
            spec::parse_manifest(blob_text(archive, descriptor), descriptor.media_type);
        const auto* index = std::get_if<spec::ImageIndex>(&parsed);
        if (index == nullptr) return descriptor;
        const spec::Descriptor next = spec::select_platform(*index, platform).descriptor;
        descriptor = next;
    }
    throw Error(ErrorCode::Corrupt, "the archive's indexes point to each other");
}

void add_name(std::vector<std::string>& names, const std::string& text) {
    std::string name = name_from_archive(text);
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
    names.push_back(std::move(name));
}

spec::JobImage load_image(Engine& engine, SpooledArchive& archive,
                          const spec::Descriptor& descriptor) {
    const std::string text = blob_text(archive, descriptor);
    const auto parsed = spec::parse_manifest(text, descriptor.media_type);
    const auto& manifest = std::get<spec::ImageManifest>(parsed);
    const auto config = spec::parse_image_config(blob_text(archive, manifest.config));
    const auto wanted = wanted_layers(config.diff_ids, manifest.layers);
    for (const auto& layer : manifest.layers) {
        check_blob(archive, layer);
        archive.keep(blob_name(layer.digest));
    }
    auto installed = install_layers(engine, wanted, {});
    return {.id = archive.keep(blob_name(manifest.config.digest)),
            .manifest = archive.keep(blob_name(descriptor.digest)),
            .resolved = descriptor.digest,
            .references = {},
            .layers = std::move(installed.layers)};
}

/// Entries of one image under several names are one image.
spec::JobImage& find_or_add(std::vector<spec::JobImage>& images, spec::JobImage image) {
    for (auto& known : images) {
        if (known.manifest == image.manifest) return known;
    }
    return images.emplace_back(std::move(image));
}

} // namespace

std::string name_from_archive(const std::string& text) {
    // A bare tag says nothing about a name.
    if (text.find_first_of(":/") == std::string::npos) return {};
    try {
        const auto reference = spec::parse_reference(text).with_default_tag();
        return reference.plugin == "distribution" ? reference.canonical() : std::string();
    } catch (const Error&) {
        return {};
    }
}

std::vector<spec::JobImage> load_oci(Engine& engine, SpooledArchive& archive,
                                     const std::string& platform, const DockerNames& names) {
    const auto wanted = spec::parse_platform(platform);
    const auto parsed = spec::parse_manifest(archive.text("index.json", spec::kManifestLimit),
                                             spec::media_type::kOciIndex);
    const auto* index = std::get_if<spec::ImageIndex>(&parsed);
    if (index == nullptr) throw Error(ErrorCode::Corrupt, "the archive's index.json is no index");
    std::vector<spec::JobImage> images;
    for (const auto& entry : index->entries) {
        const bool other = entry.platform && !spec::platform_distance(wanted, *entry.platform);
        if (other && index->entries.size() > 1) continue; // for other machines, or no image
        const auto descriptor = image_of(archive, entry.descriptor, wanted);
        auto& image = find_or_add(images, load_image(engine, archive, descriptor));
        const auto& annotations = entry.descriptor.annotations;
        for (const char* key : {kContainerdName, kRefName}) {
            const auto found = annotations.find(key);
            if (found == annotations.end()) continue;
            add_name(image.references, found->second);
            if (key == kContainerdName) break; // the other is then its tag alone
        }
        const auto docker = names.find(image.id);
        if (docker == names.end()) continue;
        for (const auto& name : docker->second)
            add_name(image.references, name);
    }
    return images;
}

} // namespace berth::image
