// SPDX-License-Identifier: LGPL-2.1-or-later
#include "layers.hpp"

#include <algorithm>

#include <base/log.hpp>

namespace berth::container {

LayerId layer_of(const ContainerId& id) {
    return LayerId(id.str());
}

void require_image_layer(store::Store& store, const std::optional<LayerId>& layer) {
    if (!layer) return;
    if (!store.has_layer(*layer)) {
        throw Error(ErrorCode::NotFound, "the image has just been removed; pull it again");
    }
}

void make_container_layer(Engine& engine, const store::ContainerRecord& record,
                          base::Rollback& undo) {
    Storage& storage = engine.plugins().storage(record.storage_driver);
    const LayerId layer = layer_of(record.id);
    if (record.image_layer && !storage.is_complete(*record.image_layer)) {
        throw Error(ErrorCode::NotFound,
                    "the image's layers are not kept by the storage driver '" +
                        record.storage_driver +
                        "'; pull the image again, or set storage.driver back to the driver that "
                        "has them (see `berth info`)");
    }
    undo.add([&storage, layer] { storage.remove(layer); });
    storage.create(layer, record.image_layer, {.kind = LayerKind::Container});
}

void remove_container_layer(Engine& engine, const store::ContainerRecord& record) noexcept {
    try {
        engine.plugins().storage(record.storage_driver).remove(layer_of(record.id));
    } catch (const std::exception& error) {
        log::warning("cannot remove the layer of container %s: %s", record.name.c_str(),
                     error.what());
    }
}

} // namespace berth::container
