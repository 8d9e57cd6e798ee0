// SPDX-License-Identifier: LGPL-2.1-or-later
// Unpacks a layer's tar stream into a directory. The tree equals what `umoci unpack` makes of it:
// owners, modes, times, attributes, capabilities, links, devices, holes, deletions. An archive that
// leads out of the directory, contradicts itself or breaks a bound ends in Corrupt (Exhausted for
// the bound on its content); nothing outside the directory is touched in any case, because every
// name is resolved beneath it (parents.hpp), nothing but regular files and directories is opened,
// and new files are made, never opened through what was there.
//
// Meant for a process confined to the directory (base/confine.hpp); changes the umask and may
// change the working directory of the process.
#pragma once

#include "parents.hpp"
#include "whiteout.hpp"

#include <cstdint>

#include <berth/storage.hpp>

namespace berth::tar {

struct ApplyOptions {
    WhiteoutStyle whiteouts = WhiteoutStyle::None;
    MissingParents missing_parents = MissingParents::Make;
    std::uint64_t max_bytes = UINT64_MAX; ///< of regular files' content
    std::uint64_t max_entries = 5'000'000;
    std::size_t longest_name = 255; ///< bytes of a name; Unsupported beyond
};

struct ApplyResult {
    Applied applied;
    bool has_root = false; ///< the archive had an entry for the root directory itself
};

/// Reads `tar_fd` to its end, what follows the archive included. With MissingParents::NeedBelow,
/// Busy if the archive needs what only the layers below have.
[[nodiscard]] ApplyResult apply(int tar_fd, int root, const ApplyOptions& options);

} // namespace berth::tar
