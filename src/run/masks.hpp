// SPDX-License-Identifier: LGPL-2.1-or-later
// Paths of the kernel's file systems that a container can't read (masked) or change (read-only).
#pragma once

#include <base/dir.hpp>
#include <run/launch.hpp>

namespace berth::run {

/// Covers each masked path with an empty directory or with the verified /dev/null, and each
/// read-only path with a read-only view of itself. A path that does not exist is none.
void cover_paths(const Launch& launch, const base::Dir& root);

} // namespace berth::run
