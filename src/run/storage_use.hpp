// SPDX-License-Identifier: LGPL-2.1-or-later
// A container's layer in its storage plugin: mounted at its start, let go at its end.
#pragma once

#include <berth/id.hpp>
#include <run/launch.hpp>

namespace berth::run {

/// Sets how the bundle's layer is mounted, or mounts it where that takes devices; nothing for a
/// bundle with a root path. Remembers, until the next boot, if the plugin activated something for
/// it. Makes the container's runtime directory.
void plan_root(Launch& launch, const ContainerId& id);

/// Lets go what plan_root() activated; failures are logged.
void release_root(const ContainerId& id) noexcept;

} // namespace berth::run
