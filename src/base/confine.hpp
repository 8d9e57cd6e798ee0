// SPDX-License-Identifier: LGPL-2.1-or-later
// Shuts the calling process in before it reads what a stranger wrote. Each step is for good, and
// all are taken while the process has a single thread: threads started later are shut in as well.
// Sources: pivot_root(2), capabilities(7), seccomp(2).
#pragma once

#include <string>
#include <vector>

#include <berth/storage.hpp>

namespace berth::base {

/// Moves the process into a mount namespace of its own whose root is the plan's tree, mounted with
/// nosuid, nodev and noexec; nothing else is reachable by a path. `mount_point` is any existing
/// directory. File descriptors that are open stay open: close those that lead elsewhere.
void enter_tree(MountPlan plan, const std::string& mount_point);

/// The same with an empty read-only tree, for a process that needs no files.
void enter_empty_tree(const std::string& mount_point);

/// Keeps these capabilities (CAP_* of linux/capability.h) of those the process has, and gives up
/// all others, in the bounding set too; sets no_new_privs.
void keep_capabilities(const std::vector<int>& keep);

/// Refuses (EPERM) what a parser of files never needs: running programs, sockets, tracing and
/// signalling others, mounting, namespaces, kernel modules, BPF, keys, opening by handle. Memory,
/// files and threads stay. Call keep_capabilities() first: it sets no_new_privs.
void deny_dangerous_calls();

} // namespace berth::base
