// SPDX-License-Identifier: LGPL-2.1-or-later
// Tar archives of `berth cp`, written from and unpacked to this machine's files by libarchive.
#pragma once

#include "copy_plan.hpp"

#include <functional>
#include <string>

namespace berth::cli {

struct PackChoice {
    bool follow_link = false; ///< -L: the source itself, when it is a link
    bool keep_owners = false; ///< -a; otherwise everything belongs to root
};
/// Writes `path` and all below it to `fd`, its topmost entry called `name`.
void pack(const std::string& path, const std::string& name, PackChoice choice, int fd);

struct UnpackChoice {
    bool keep_owners = false; ///< -a: owners, set-user-ID bits and devices as in the archive
};
/// Unpacks an archive of one file or directory tree from `fd`. `plan` is asked once it is known
/// whether that is a directory. What would leave the planned directory, by "..", an absolute name
/// or a symbolic link of the archive, is refused.
void unpack(int fd, const std::function<CopyPlan(bool directory)>& plan, UnpackChoice choice);

} // namespace berth::cli
