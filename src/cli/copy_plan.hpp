// SPDX-License-Identifier: LGPL-2.1-or-later
// Where `berth cp` puts what it copies: docker's rules, which are those of cp -a.
#pragma once

#include <optional>
#include <string>

namespace berth::cli {

/// One end of a copy. A container's path has the container's name.
struct CopyEnd {
    std::string container; ///< empty: on this machine
    std::string path;      ///< "-": standard input or output, as tar
};
/// "web:/etc" or "./file"; a path that starts with "/" or "." is always on this machine.
[[nodiscard]] CopyEnd parse_copy_end(const std::string& text);

struct CopySource {
    std::string path;
    bool directory = false;
};
struct CopyTarget {
    std::string path;
    bool exists = false;
    bool directory = false;
};
/// The directory to unpack in, which must exist, and the name the topmost file gets there; "." when
/// the content of the source directory goes there without its own name.
struct CopyPlan {
    std::string directory;
    std::string name;
};
/// Throws InvalidArgument as docker does: a directory onto a file, a file into what is not there.
[[nodiscard]] CopyPlan plan_copy(const CopySource& source, const CopyTarget& target);

/// "dir/.", "." and "/": what is in it, not it.
[[nodiscard]] bool means_content(const std::string& path);
/// "a/b" of "a/b/c/" and "c": parent ("." or "/" at the least) and last part of a path.
[[nodiscard]] std::string parent_of(const std::string& path);
[[nodiscard]] std::string last_of(const std::string& path);

} // namespace berth::cli
