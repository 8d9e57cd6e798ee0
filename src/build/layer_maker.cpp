// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layer_maker.hpp"

#include <base/log.hpp>
#include <base/random.hpp>
#include <image/blobs.hpp>
#include <image/container_tree.hpp>
#include <image/layers.hpp>
#include <image/new_image.hpp>
#include <spec/manifest.hpp>

namespace berth::build {

TemporaryLayer::TemporaryLayer(Storage& storage, const std::optional<LayerId>& parent)
    : storage_(storage), id_(base::random_hex(32)) {
    storage_.create(id_, parent, {.kind = LayerKind::Container});
}

TemporaryLayer::~TemporaryLayer() {
    try {
        storage_.remove(id_);
    } catch (const std::exception& error) {
        log::warning("a layer of the build stays: %s", error.what());
    }
}

std::optional<LayerId> Stack::top() const {
    if (layers.empty()) return std::nullopt;
    return layers.back().chain;
}

std::vector<Digest> Stack::diff_ids() const {
    std::vector<Digest> diffs;
    for (const auto& layer : layers)
        diffs.push_back(layer.diff);
    return diffs;
}

void Stack::push(spec::JobLayer layer) {
    layer.media_type = spec::layer_media_type(spec::Compression::Gzip, docker);
    layers.push_back(std::move(layer));
}

spec::JobLayer pack(image::Engine& engine, const Stack& stack, const LayerId& layer) {
    const auto packed = image::pack_layer([&](int out) { engine.storage.diff(layer, out); },
                                          stack.docker, engine.progress);
    auto diffs = stack.diff_ids();
    diffs.push_back(packed.diff);
    const image::WantedLayer wanted{.chain = spec::chain_ids(diffs).back(),
                                    .parent = stack.top(),
                                    .diff = packed.diff,
                                    .blob = packed.blob};
    return image::install_layers(engine, {wanted}, {}).layers.at(0);
}

spec::JobLayer make_layer(image::Engine& engine, const Stack& stack,
                          const std::function<void(const base::Dir&)>& change) {
    const TemporaryLayer layer(engine.storage, stack.top());
    {
        const spec::JobContainer container{.layer = layer.id().str(), .driver = engine.driver};
        const image::ContainerTree tree(container, engine.storage, image::TreeUse::Write);
        change(tree.root());
    }
    return pack(engine, stack, layer.id());
}

bool is_whole(image::Engine& engine, const spec::JobLayer& layer) {
    return engine.storage.is_complete(layer.chain) && image::has_blob(layer.blob);
}

} // namespace berth::build
