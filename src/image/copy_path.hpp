// SPDX-License-Identifier: LGPL-2.1-or-later
// Paths of `berth cp` inside a container, by docker's rules for trailing slashes, "/." and links.
// Everything is looked up below the container's root, which links can't leave.
#pragma once

#include <optional>
#include <string>

#include <sys/stat.h>

#include <base/dir.hpp>

namespace berth::image {

struct CopyPath {
    std::string path;       ///< cleaned, relative to the root; "." for the root itself
    bool wants_dir = false; ///< it ended in "/" or "/."
    bool contents = false;  ///< it ended in "/."
};

/// InvalidArgument for an empty one, a NUL, or one that is too long.
[[nodiscard]] CopyPath parse_copy_path(const std::string& text);

/// What the path is, after the final links; `path` is where they lead.
struct Found {
    std::string path;
    std::optional<struct stat> status; ///< none: there is nothing, but its directory exists
};
/// NotFound when even its directory is missing.
[[nodiscard]] Found follow_links(const base::Dir& root, const std::string& path);

/// "." and "name" of "a/b/name": directory and last component.
struct SplitPath {
    std::string dir;
    std::string name;
};
[[nodiscard]] SplitPath split_path(const std::string& path);

} // namespace berth::image
