// SPDX-License-Identifier: LGPL-2.1-or-later
// What a plugin asks about the file system its state directory lies on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <base/dir.hpp>

namespace berth::layers {

// Source: linux/magic.h; aufs_type.h.
inline constexpr std::uint64_t kOverlayMagic = 0x794c7630;
inline constexpr std::uint64_t kAufsMagic = 0x61756673;

/// Of the file system below a directory, as statfs(2) tells it.
[[nodiscard]] std::uint64_t filesystem_magic(const std::string& path);
/// "extfs", "xfs", "btrfs", ...: the same as docker names it.
[[nodiscard]] std::string filesystem_name(const std::string& path);

/// Whether the kernel has a file system, loading its module where that is allowed.
[[nodiscard]] bool kernel_has_filesystem(const std::string& name);

/// Runs `trial` on a directory made for it below `state_dir` and removed again. It returns what
/// the file system lacks, or nothing.
[[nodiscard]] std::string try_directory(const std::string& state_dir,
                                        const std::function<std::string(const base::Dir&)>& trial);

/// The sentence for a call in a trial that failed with `errno`: "... can't keep X: reason; keep the
/// state directory on ext4, xfs or btrfs". Nothing if it only may not be asked by this process.
[[nodiscard]] std::string lack_of(const std::string& state_dir, const std::string& lack);

} // namespace berth::layers
