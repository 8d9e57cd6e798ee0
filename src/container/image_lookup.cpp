// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_lookup.hpp"

#include <base/file.hpp>
#include <base/hash.hpp>
#include <base/strings.hpp>
#include <container/errors.hpp>
#include <spec/manifest.hpp>
#include <spec/reference.hpp>

namespace berth::container {

namespace {

std::optional<store::ImageRecord> by_prefix(store::Store& store, std::string_view digits) {
    auto found = store.images_by_prefix(digits);
    if (found.empty()) return std::nullopt;
    if (found.size() > 1) {
        throw Error(ErrorCode::InvalidArgument,
                    "multiple IDs found with provided prefix: " + std::string(digits) +
                        "; give more digits or a name");
    }
    return std::move(found.front());
}

std::optional<FoundImage> by_reference(store::Store& store, const std::string& text) {
    std::string reference;
    try {
        const auto parsed = spec::parse_reference(text);
        // With both a tag and a digest, the digest counts.
        reference = parsed.digest ? parsed.name() + "@" + parsed.digest->str()
                                  : parsed.with_default_tag().canonical();
    } catch (const Error&) {
        return std::nullopt; // not a reference; it may still be an id
    }
    auto image = store.image_by_reference(reference);
    if (!image) return std::nullopt;
    return FoundImage{std::move(*image), reference};
}

} // namespace

FoundImage find_image_by(store::Store& store, const std::string& text) {
    constexpr std::string_view kAlgorithm = "sha256:";
    const bool is_digest = text.rfind(kAlgorithm, 0) == 0;
    const std::string_view digits =
        is_digest ? std::string_view(text).substr(kAlgorithm.size()) : std::string_view(text);
    if (is_digest || is_hex64(text)) {
        if (auto image = by_prefix(store, digits)) return {std::move(*image), {}};
    } else {
        if (auto found = by_reference(store, text)) return std::move(*found);
        if (auto image = by_prefix(store, digits)) return {std::move(*image), {}};
    }
    throw NoSuchImage(base::printable(text.substr(0, 300)));
}

store::ImageRecord find_image(store::Store& store, const std::string& text) {
    return find_image_by(store, text).record;
}

spec::ImageConfig read_image_config(const Digest& id) {
    const std::string json = base::read_file(store::blob_path(id), spec::kConfigLimit);
    if (base::sha256(json) != id) {
        throw Error(ErrorCode::Corrupt, "the configuration of the image " + id.brief() +
                                            " is damaged on disk; remove and pull it again");
    }
    return spec::parse_image_config(json);
}

std::optional<LayerId> top_layer(store::Store& store, const Digest& id) {
    const auto layers = store.image_layers(id);
    if (layers.empty()) return std::nullopt;
    return layers.back().chain;
}

} // namespace berth::container
