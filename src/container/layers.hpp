// SPDX-License-Identifier: LGPL-2.1-or-later
// Containers' layers in the storage plugin.
#pragma once

#include <optional>

#include <base/rollback.hpp>
#include <container/engine.hpp>

namespace berth::container {

/// A container's writable layer is named by its id.
[[nodiscard]] LayerId layer_of(const ContainerId& id);

/// NotFound when the layer a container would stand on has been removed meanwhile.
void require_image_layer(store::Store& store, const std::optional<LayerId>& layer);
void make_container_layer(Engine& engine, const store::ContainerRecord& record,
                          base::Rollback& undo);
/// Harmless when it is gone; a failure is logged, and the sweep tries again.
void remove_container_layer(Engine& engine, const store::ContainerRecord& record) noexcept;

} // namespace berth::container
