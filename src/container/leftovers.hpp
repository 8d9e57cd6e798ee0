// SPDX-License-Identifier: LGPL-2.1-or-later
// Things on disk that no record names. Called with lock_images() held, so that nothing is being
// made.
#pragma once

#include <vector>

#include <berth/storage.hpp>
#include <container/engine.hpp>

namespace berth::container {

/// Whether a job is making or reading images: it stands on layers and blobs that have no record.
[[nodiscard]] bool images_in_work(store::Store& store);

/// Directories of containers that are gone, here and in the runtime directory.
[[nodiscard]] std::vector<Finding> check_container_dirs(Engine& engine, bool repair);
/// Volumes' directories: an anonymous one without record is removed, a named one gets a record
/// back, for it may hold what somebody wants.
[[nodiscard]] std::vector<Finding> check_volume_dirs(Engine& engine, bool repair);
/// Layers in the storage plugin without record. None while images_in_work().
[[nodiscard]] std::vector<Finding> check_stray_layers(Engine& engine, bool repair);
/// Interrupted downloads that nobody took up for a week.
void remove_old_partials();

} // namespace berth::container
