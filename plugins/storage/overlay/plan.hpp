// SPDX-License-Identifier: LGPL-2.1-or-later
// The overlay mount of a layer. Source: kernel, Documentation/filesystems/overlayfs.rst.
#pragma once

#include "../layers/branches.hpp"

namespace berth::overlay {

inline constexpr unsigned kMaxLayers = 500; ///< OVL_MAX_STACK of the kernel

/// Whether this kernel takes the layers one by one (`lowerdir+`, Linux 6.7). Asked once a process;
/// no where the process may not ask (it then can't mount either).
[[nodiscard]] bool kernel_takes_layers_one_by_one();

/// The plan for the layer on its ancestors (nearest first). Exhausted when they are more than fit
/// into one page of classic mount options.
[[nodiscard]] MountPlan make_plan(const layers::Branches& branches, const LayerId& id,
                                  const std::vector<LayerId>& ancestors, bool read_only,
                                  bool one_by_one = kernel_takes_layers_one_by_one());

} // namespace berth::overlay
