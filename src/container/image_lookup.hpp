// SPDX-License-Identifier: LGPL-2.1-or-later
// From what a user types to an image.
#pragma once

#include <optional>
#include <string>

#include <container/engine.hpp>
#include <spec/image_config.hpp>

namespace berth::container {

/// By reference ("debian", "debian:12", "debian@sha256:.."), id ("sha256:..", 64 digits) or a
/// prefix of the id, in docker's order. NoSuchImage; InvalidArgument for an ambiguous prefix.
[[nodiscard]] store::ImageRecord find_image(store::Store& store, const std::string& text);

struct FoundImage {
    store::ImageRecord record;
    /// The reference it was found by, in full; empty when by id.
    std::string reference;
};
[[nodiscard]] FoundImage find_image_by(store::Store& store, const std::string& text);

/// Its configuration, from the blob store. Corrupt when it is damaged.
[[nodiscard]] spec::ImageConfig read_image_config(const Digest& id);
/// The topmost of its layers; none for an image without any.
[[nodiscard]] std::optional<LayerId> top_layer(store::Store& store, const Digest& id);

} // namespace berth::container
