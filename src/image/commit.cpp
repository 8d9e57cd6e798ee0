// SPDX-License-Identifier: LGPL-2.1-or-later
#include "commit.hpp"

#include <variant>

#include <base/strings.hpp>
#include <image/blobs.hpp>
#include <image/changes.hpp>
#include <image/new_image.hpp>
#include <spec/platform.hpp>

namespace berth::image {

namespace {

/// What the new image stands on.
struct Parent {
    spec::ImageConfig config;
    std::vector<spec::Descriptor> layers;
    bool docker = false;
};

Parent read_parent(const std::optional<spec::JobImage>& image) {
    if (!image) {
        const auto host = spec::host_platform();
        return {.config = {.architecture = host.architecture, .os = host.os}};
    }
    Parent parent{.config = spec::parse_image_config(read_blob(image->id, spec::kConfigLimit))};
    const auto parsed = spec::parse_manifest(read_blob(image->manifest, spec::kManifestLimit), "");
    if (const auto* manifest = std::get_if<spec::ImageManifest>(&parsed)) {
        parent.layers = manifest->layers;
        parent.docker = manifest->is_docker();
    }
    return parent;
}

/// The container's configuration on the parent's layers and history.
spec::ImageConfig new_config(const Parent& parent, const spec::CommitRequest& request) {
    spec::ImageConfig config =
        request.config.empty() ? parent.config : spec::parse_image_config(request.config);
    config.diff_ids = parent.config.diff_ids;
    config.history = parent.config.history;
    config.architecture = parent.config.architecture;
    config.os = parent.config.os;
    config.variant = parent.config.variant;
    config.created = current_time();
    if (!request.author.empty()) config.author = request.author;
    return config;
}

spec::HistoryEntry history_of(const spec::ImageConfig& config, const spec::CommitRequest& request) {
    return {.created = config.created,
            .created_by = base::join(config.cmd, " "),
            .author = request.author,
            .comment = request.message};
}

} // namespace

spec::JobResult commit(Engine& engine, const spec::CommitRequest& request) {
    const auto names = names_for_new(request.reference);
    Parent parent = read_parent(request.parent);
    spec::ImageConfig config = new_config(parent, request);
    spec::HistoryEntry entry = history_of(config, request);
    for (const auto& change : request.changes)
        apply_change(config, change);

    const LayerId layer(request.container.layer);
    entry.empty_layer = engine.storage.changes(layer).empty();
    if (!entry.empty_layer) {
        const auto packed = pack_layer([&](int out) { engine.storage.diff(layer, out); },
                                       parent.docker, engine.progress);
        config.diff_ids.push_back(packed.diff);
        parent.layers.push_back(packed.blob);
    }
    config.history.push_back(std::move(entry));
    spec::JobResult result{.ok = true};
    result.images.push_back(make_image(engine, spec::dump_image_config(config), config.diff_ids,
                                       parent.layers, parent.docker));
    result.images.back().references = names;
    return result;
}

} // namespace berth::image
