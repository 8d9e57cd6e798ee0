// SPDX-License-Identifier: LGPL-2.1-or-later
// A container's layer in its storage plugin: mounted at its start, let go at its end.
#pragma once

#include <optional>

#include <berth/id.hpp>
#include <berth/storage.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

/// The mount plan of the bundle's layer; empty for a bundle with a root path. Remembers, until the
/// next boot, if the plugin activated something for it. Makes the container's runtime directory.
[[nodiscard]] std::optional<MountPlan> plan_root(const spec::Bundle& bundle, const ContainerId& id);

/// Lets go what plan_root() activated; failures are logged.
void release_root(const ContainerId& id) noexcept;

} // namespace berth::run
