// SPDX-License-Identifier: LGPL-2.1-or-later
// The file system on a layer's device: made once, mounted by a step of a plan, enlarged.
#pragma once

#include "settings.hpp"

#include <berth/storage.hpp>

namespace berth::devicemapper {

enum class Access {
    Write,  ///< by a container or an unpacker
    Look,   ///< nothing may be changed, but others may have it mounted writable
    Frozen, ///< an image's layer: not even a journal is replayed
};

[[nodiscard]] MountStep volume_step(const std::string& device, Filesystem filesystem,
                                    Access access);

/// Makes an empty file system, without what the tool that makes it leaves in it.
void make_filesystem(const std::string& device, Filesystem filesystem);

/// Lets the file system, mounted at `root`, take all of its device.
void enlarge_filesystem(int root, Filesystem filesystem, std::uint64_t bytes);

} // namespace berth::devicemapper
