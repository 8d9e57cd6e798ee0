// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds the directory an entry goes into. The last one stays open, because the entries of a tar
// come directory by directory; when it is left it gets back the time it had, so that adding files
// to a directory does not change the time the archive gave it (what umoci does per entry).
//
// A directory is reached from the root by openat2(2), beneath it and without links. Where the
// archive's path leads through symbolic links, they are resolved here, in the root, to a path
// without links first: absolute targets and ".." end inside, and the real path has the same limits
// as a path in the archive.
#pragma once

#include "whiteout.hpp"

#include <string>

#include <sys/stat.h>

#include <base/fd.hpp>

namespace berth::tar {

/// What to do about a directory that the archive goes into but does not contain.
enum class MissingParents {
    Make,      ///< make it, 0755 and root's, as umoci does
    NeedBelow, ///< throw Busy: it may lie in a layer below, with its own mode and owner
};

class Parents {
  public:
    /// `root` and `whiteouts` stay the caller's.
    Parents(int root, Whiteouts& whiteouts, MissingParents missing)
        : root_(root), whiteouts_(whiteouts), missing_(missing) {}

    /// The directory `path` ("" is the root), valid until the next call; Corrupt if something on
    /// the way is no directory.
    [[nodiscard]] int open(const std::string& path);
    /// Whether new files in the open directory get its group (the set-group-ID bit).
    [[nodiscard]] bool passes_group() const noexcept { return (status_.st_mode & S_ISGID) != 0; }
    /// The path of the open directory with all links resolved.
    [[nodiscard]] const std::string& real_path() const noexcept { return real_path_; }
    /// Gives the open directory its time back and closes it.
    void close();

    /// The directory `path` for reading, not kept; empty if there is none. Never makes one.
    [[nodiscard]] base::Fd find(const std::string& path) const;

  private:
    [[nodiscard]] int open_plain(const std::string& path) const;
    [[nodiscard]] std::string resolve(const std::string& path) const;
    void make_missing(const std::string& path);
    void make_one(int dir, const std::string& name, const std::string& path);

    int root_;
    Whiteouts& whiteouts_;
    MissingParents missing_;
    base::Fd dir_;
    std::string path_;
    std::string real_path_;
    struct stat status_ {};
};

} // namespace berth::tar
