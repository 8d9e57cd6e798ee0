// SPDX-License-Identifier: LGPL-2.1-or-later
// Kernel parameters of a container: only those that belong to a namespace of its own.
#pragma once

#include <base/dir.hpp>
#include <run/launch.hpp>

namespace berth::run {

/// Refuses names that would reach beyond the container's namespaces, and values that hold more than
/// one line. Called before anything is made.
void check_sysctls(const Launch& launch);

/// Writes them below a procfs of the container's own. In the child.
void write_sysctls(const Launch& launch, const base::Dir& procfs);

} // namespace berth::run
