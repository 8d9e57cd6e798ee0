// SPDX-License-Identifier: LGPL-2.1-or-later
// Images made here: their configuration and manifest as blobs, their layers in the storage driver.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <image/engine.hpp>
#include <spec/image_config.hpp>
#include <spec/job.hpp>
#include <spec/manifest.hpp>

namespace berth::image {

/// Installs the layers of an image, blobs already, and writes its configuration (as text) and a
/// manifest of Docker's types or OCI's. `diff_ids` and `layers` go together.
[[nodiscard]] spec::JobImage make_image(Engine& engine, const std::string& config,
                                        const std::vector<Digest>& diff_ids,
                                        const std::vector<spec::Descriptor>& layers, bool docker);

/// A tar that `produce` writes becomes a compressed blob.
struct PackedLayer {
    spec::Descriptor blob;
    Digest diff;
};
[[nodiscard]] PackedLayer pack_layer(const std::function<void(int)>& produce, bool docker,
                                     Progress& progress);

/// RFC 3339, with microseconds.
[[nodiscard]] std::string current_time();

/// The canonical name a new image is to get: none for an empty text; InvalidArgument for a digest.
[[nodiscard]] std::vector<std::string> names_for_new(const std::string& reference);

} // namespace berth::image
