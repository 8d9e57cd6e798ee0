// SPDX-License-Identifier: LGPL-2.1-or-later
// Removing a container. The record goes first, in one transaction, and with it the name and the
// addresses; what is on disk follows, and what a crash leaves of it is swept at the next start.
#pragma once

#include <container/engine.hpp>

namespace berth::container {

struct RemoveOptions {
    bool force = false;   ///< kill it when it runs
    bool volumes = false; ///< its anonymous volumes too
};

/// Busy when it runs and `force` is not given.
void remove(Engine& engine, const ContainerId& id, const RemoveOptions& options);

/// Takes away a container that does not run: record first, then what it has on disk.
void discard(Engine& engine, const store::ContainerRecord& record, bool volumes);

/// To be called when the container's unit is gone: removes it if it was started with --rm. True if
/// it is removed now or was before. Harmless at any time and any number of times.
bool finish(Engine& engine, const ContainerId& id);

} // namespace berth::container
