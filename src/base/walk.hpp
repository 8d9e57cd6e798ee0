// SPDX-License-Identifier: LGPL-2.1-or-later
// Walking and removing trees that somebody else made: of any depth, with any names, by few
// descriptors and without recursion. Nothing is followed: a symbolic link is an entry.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <base/fd.hpp>

namespace berth::base {

/// The way down to a directory. Only the lowest levels stay open; a level above is opened again
/// through ".." and must still be the same directory (Busy otherwise: it was moved meanwhile).
class DirStack {
  public:
    /// Starts at `root`, which stays the caller's.
    explicit DirStack(int root);

    [[nodiscard]] int fd() const noexcept { return levels_.back().fd.get(); }
    [[nodiscard]] std::size_t depth() const noexcept { return levels_.size() - 1; }
    /// Enters a directory of the present one; a symbolic link is refused.
    void push(const std::string& name);
    void pop();

  private:
    struct Level {
        Fd fd;
        dev_t device = 0;
        ino_t inode = 0;
    };
    std::vector<Level> levels_;
};

struct WalkEntry {
    int dir = -1;          ///< the directory it lies in, open for reading
    std::string name;      ///< in that directory
    std::string path;      ///< below the root, without a leading slash
    struct stat status {}; ///< of the entry itself
};

/// For `enter`: whether to go into a directory; ignored for other entries.
using Visit = std::function<bool(const WalkEntry&)>;
using Leave = std::function<void(const WalkEntry&)>;

/// Whether an entry is looked at at all: of its status, only the inode's number and the type are
/// known yet, and no type (S_IFMT) at all where the file system does not tell.
using Wanted = std::function<bool(const WalkEntry&)>;

/// Calls `enter` for everything below `root`, a directory before what is in it, names in byte
/// order; `leave` for each directory gone into, after what is in it. `wanted` is asked first, of
/// all entries of a directory when it is gone into.
void walk_tree(int root, const Visit& enter, const Leave& leave = {}, const Wanted& wanted = {});

/// Names in a directory without "." and "..", in the file system's order.
[[nodiscard]] std::vector<std::string> list_names(int dir);

/// Removes `name` in `dir` and all below it; harmless when it is gone.
void remove_tree(int dir, const std::string& name);
/// Removes all that is in a directory, not the directory.
void empty_directory(int dir);

} // namespace berth::base
