// SPDX-License-Identifier: LGPL-2.1-or-later
// The mounts of a bundle, made in the container's own mount namespace below its root.
#pragma once

#include <base/dir.hpp>
#include <run/launch.hpp>

namespace berth::run {

[[nodiscard]] bool is_bind(const spec::BundleMount& mount) noexcept;

/// All of them, in order. `root` is the attached root file system.
void make_mounts(const Launch& launch, const base::Dir& root);

/// A procfs of the caller's pid namespace, detached: for writing sysctls and attributes without
/// asking the container's tree where /proc is.
[[nodiscard]] base::Dir own_procfs();

} // namespace berth::run
