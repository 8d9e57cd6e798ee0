// SPDX-License-Identifier: LGPL-2.1-or-later
// Places in a container's root file system, found or made without trusting anything in it: every
// path is resolved below the root's descriptor, and what is mounted or written later goes to the
// descriptor that came out, never to the path again.
#pragma once

#include <optional>
#include <string>

#include <base/dir.hpp>
#include <base/fd.hpp>

namespace berth::run {

/// "/a//b/./c/" -> "/a/b/c"; ".." is resolved in the text.
[[nodiscard]] std::string clean_path(const std::string& path);

/// O_PATH descriptor of the directory or file to mount on; made, with its parents, when missing.
[[nodiscard]] base::Fd make_target(const base::Dir& root, const std::string& path, bool directory);

/// The same for /proc, /sys, /dev and what lies directly in them, which must be directories of the
/// image itself: a symbolic link on the way is an attack and refused.
[[nodiscard]] base::Fd make_plain_directory(const base::Dir& root, const std::string& path);

/// Opens a place in a file system that the container's root has just got mounted, e.g. "dev":
/// Denied unless it is of the type `magic` (statfs(2)) and no link leads there.
[[nodiscard]] base::Dir open_verified(const base::Dir& root, const std::string& path, long magic,
                                      const char* filesystem);

/// The f_type of statfs(2) behind a descriptor.
[[nodiscard]] long filesystem_type(int fd);

} // namespace berth::run
