// SPDX-License-Identifier: LGPL-2.1-or-later
// From a name to an image's manifest and configuration, verified and bounded.
#pragma once

#include <string>

#include <berth/registry.hpp>
#include <spec/image_config.hpp>
#include <spec/manifest.hpp>
#include <spec/platform.hpp>

namespace berth::image {

struct ResolvedImage {
    Digest resolved;            ///< what the name stands for: an index, or the manifest itself
    Digest digest;              ///< of the manifest
    std::string manifest_bytes; ///< as the registry keeps it
    spec::ImageManifest manifest;
    spec::ImageConfig config;
    std::string warning; ///< about the platform, may be empty
};

/// Reads the manifest, picks from an index what suits `platform` (empty: the host's, and a single
/// image for another is taken with a warning), fetches the configuration into the blob store.
[[nodiscard]] ResolvedImage resolve_image(RegistrySession& session,
                                          const std::string& tag_or_digest,
                                          const std::string& platform);

} // namespace berth::image
