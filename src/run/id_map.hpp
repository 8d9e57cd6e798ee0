// SPDX-License-Identifier: LGPL-2.1-or-later
// User and group ids of user namespaces and of id-mapped mounts. Source: user_namespaces(7),
// mount_setattr(2).
#pragma once

#include <sys/types.h>

#include <spec/bundle.hpp>

namespace berth::run {

/// Writes the maps of the user namespace that process `pid` was made in.
void map_ids(pid_t pid, const spec::LinuxSection& section);

/// Makes a detached mount show ids as its own mappings say, or, with none, as the container's.
void map_mount(int mount, const spec::BundleMount& description, const spec::LinuxSection& section,
               bool recursive);

} // namespace berth::run
