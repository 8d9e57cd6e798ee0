// SPDX-License-Identifier: LGPL-2.1-or-later
#include "resolve.hpp"

#include <variant>

#include <base/hash.hpp>
#include <base/strings.hpp>
#include <image/fetch.hpp>

namespace berth::image {

namespace {

struct Choice {
    RegistryManifest raw;
    spec::ImageManifest manifest;
};

/// Follows an index to one image; an index of indexes is followed once.
Choice choose_image(RegistrySession& session, RegistryManifest raw,
                    const spec::Platform& platform) {
    for (int depth = 0; depth < 3; ++depth) {
        auto parsed = spec::parse_manifest(raw.bytes, raw.media_type);
        if (auto* image = std::get_if<spec::ImageManifest>(&parsed)) {
            return {std::move(raw), std::move(*image)};
        }
        const auto& entry = spec::select_platform(std::get<spec::ImageIndex>(parsed), platform);
        const spec::Descriptor wanted = entry.descriptor;
        raw = session.get_manifest(wanted.digest.str());
        if (raw.digest != wanted.digest || raw.bytes.size() != wanted.size) {
            throw Error(ErrorCode::Corrupt,
                        "manifest '" + wanted.digest.str() + "' is not what its index says");
        }
        if (raw.media_type.empty()) raw.media_type = wanted.media_type;
    }
    throw Error(ErrorCode::Corrupt, "the image's indexes point to each other");
}

/// A single image for another machine: refused when a platform was asked for, else warned about.
std::string check_platform(const spec::ImageConfig& config, const std::string& asked) {
    if (config.os.empty() && config.architecture.empty()) return {};
    const spec::Platform wanted = spec::parse_platform(asked);
    const spec::Platform offered{config.os, config.architecture, config.variant};
    if (spec::platform_distance(wanted, offered)) return {};
    const std::string text = "the image is made for " +
                             base::printable(offered.str().substr(0, 80)) + ", not for " +
                             wanted.str();
    if (!asked.empty()) throw Error(ErrorCode::NotFound, text);
    return text;
}

} // namespace

ResolvedImage resolve_image(RegistrySession& session, const std::string& tag_or_digest,
                            const std::string& platform) {
    RegistryManifest first = session.get_manifest(tag_or_digest);
    const Digest resolved = first.digest;
    auto [raw, manifest] = choose_image(session, std::move(first), spec::parse_platform(platform));
    const std::string config_text = fetch_text(session, manifest.config, spec::kConfigLimit);
    spec::ImageConfig config = spec::parse_image_config(config_text);
    std::string warning = check_platform(config, platform);
    return {.resolved = resolved,
            .digest = raw.digest,
            .manifest_bytes = std::move(raw.bytes),
            .manifest = std::move(manifest),
            .config = std::move(config),
            .warning = std::move(warning)};
}

} // namespace berth::image
