// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes what a layer's branch holds as a tar stream with the image format's whiteouts:
// pax interchange format by libarchive, a directory before its content, names in byte order, so
// that the same tree always gives the same bytes. Times have their nanoseconds; owners, names,
// sizes and device numbers of any size have their pax records; holes of large sparse files are left
// out (GNU sparse 1.0); sockets are skipped. Nothing is followed and no device or FIFO is opened.
#pragma once

#include "marks.hpp"

#include <map>

#include <berth/storage.hpp>

namespace berth::tar {

struct DiffOptions {
    bool with_root = false; ///< an entry "./" for the root directory itself
};

/// Reads below `root` by directory descriptors; needs /proc for attributes of links and devices.
/// InvalidArgument for a name that only a deletion may have (".wh.*").
void write_branch_diff(int root, int tar_fd, const Marks& marks, const DiffOptions& options);

/// How the entries of a tree differ from another tree, by path below the root; of every one, the
/// directories above are there too.
using TreeChanges = std::map<std::string, ChangeKind>;

/// Writes the entries of a plain tree that are among the changes, and a whiteout for each deletion.
/// Costs in proportion to the changes.
void write_tree_changes(int root, int tar_fd, const TreeChanges& changes,
                        const DiffOptions& options);

/// Writes the entry `name` of the directory `dir`, and all below it, as `as` and what follows from
/// it: files as they are seen, no name means a deletion. An empty `name` is `dir` itself; an empty
/// `as` leaves the directory's own entry out.
void write_tree(int dir, const std::string& name, const std::string& as, int tar_fd);

} // namespace berth::tar
