// SPDX-License-Identifier: LGPL-2.1-or-later
// The aufs mount of a layer. Source: aufs(5); the limits are measured, see README.md.
#pragma once

#include "../layers/branches.hpp"

namespace berth::aufs {

inline constexpr unsigned kMaxBranches = 127; ///< AUFS_BRANCH_MAX as aufs is built by default
/// More in one mount call are refused from 84 on, and crash the kernel from 85 on.
inline constexpr unsigned kFirstBranches = 64;
inline constexpr unsigned kAppendedBranches = 40; ///< by one remount

/// The plan for the layer on its ancestors, nearest first. `runtime_dir` lies on tmpfs: aufs keeps
/// its table of inode numbers there.
[[nodiscard]] MountPlan make_plan(const layers::Branches& branches, const std::string& runtime_dir,
                                  const LayerId& id, const std::vector<LayerId>& ancestors,
                                  bool read_only);

} // namespace berth::aufs
