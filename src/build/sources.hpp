// SPDX-License-Identifier: LGPL-2.1-or-later
// Where COPY takes files from: the context, another stage, an image. What lies there is somebody
// else's: it is reached by openat2(2) from the root alone, with the rights of `reader`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <base/dir.hpp>
#include <berth/id.hpp>
#include <dockerfile/ignore.hpp>

namespace berth::build {

struct SourceEntry {
    std::string path; ///< below what was asked for; empty: that itself
    struct stat status {};
    std::string target; ///< of a symbolic link
};

class SourceTree {
  public:
    SourceTree(base::Dir root, std::uint32_t reader, dockerfile::IgnoreList ignored)
        : root_(std::move(root)), reader_(reader), ignored_(std::move(ignored)) {}

    /// Paths that a source of COPY names: with `*`, `?` and `[`, as many as there are, sorted.
    /// NotFound when there is none.
    [[nodiscard]] std::vector<std::string> match(const std::string& pattern) const;
    /// The path itself, a final link followed, then what is in it, parents first.
    [[nodiscard]] std::vector<SourceEntry> list(const std::string& path,
                                                const dockerfile::IgnoreList& excluded) const;
    /// A regular file.
    [[nodiscard]] base::Fd open(const std::string& path) const;

  private:
    [[nodiscard]] std::vector<std::string> names_in(const std::string& path) const;

    base::Dir root_;
    std::uint32_t reader_;
    dockerfile::IgnoreList ignored_;
};

/// A path of a tree, for messages.
[[nodiscard]] std::string quoted(const std::string& path);
/// "a/b" of "a" and "b"; either may be empty or ".".
[[nodiscard]] std::string join_path(const std::string& parent, const std::string& name);

/// Of names, kinds, modes, contents, and owners if they count.
[[nodiscard]] std::string digest_of(const SourceTree& tree, const std::string& path,
                                    const std::vector<SourceEntry>& entries, bool with_owners);

} // namespace berth::build
