// SPDX-License-Identifier: LGPL-2.1-or-later
// Applies a tar to a layer in a process that is shut into that layer first.
#pragma once

#include "../tar/apply.hpp"

#include <string>

namespace berth::layers {

/// Unpacks into what the plan shows, mounted on `mount_point` in a mount namespace whose root it
/// becomes. CONFINES THE PROCESS to it for good: few capabilities, no dangerous system calls.
[[nodiscard]] tar::ApplyResult unpack(const MountPlan& plan, const std::string& mount_point,
                                      int tar_fd, const tar::ApplyOptions& options);

} // namespace berth::layers
