// SPDX-License-Identifier: LGPL-2.1-or-later
// Carries out the mount plans of storage plugins (berth/storage.hpp) and the few other mounts that
// berth makes, by the new mount API (fsopen(2), fsconfig(2), fsmount(2), open_tree(2),
// move_mount(2), mount_setattr(2)) and, for steps marked `classic`, by mount(2).
//
// Everything happens in the mount namespace of the calling thread, which is the caller's own: call
// unshare(CLONE_NEWNS) and make "/" private before mount_at(). A detached mount belongs to no
// namespace until it is attached; it disappears when its last descriptor is closed.
//
// Options with an empty value that name a mount attribute (nosuid, nodev, noexec, noatime, ro...)
// become attributes of the mount; `read_only` adds ro. All others go to the file system, and so
// does the ro of `frozen`.
// Failures throw berth::Error whose message ends in what the kernel wrote to the fs context's log.
#pragma once

#include <cstdint>
#include <string>

#include <base/fd.hpp>
#include <berth/storage.hpp>

namespace berth::base {

/// The plan's mount, attached nowhere, as an O_PATH descriptor fit for openat2(2) and for
/// attach_mount(). Unsupported for a plan with a classic step or with more than one: those can only
/// be made in place, by mount_at().
[[nodiscard]] Fd mount_detached(const MountPlan& plan);

/// Whether mount_detached() can do it.
[[nodiscard]] bool can_be_detached(const MountPlan& plan) noexcept;

/// Makes every step of the plan on `target`, an existing directory; "/proc/self/fd/N" is followed.
/// When a step fails, those before it are taken off again.
void mount_at(const MountPlan& plan, const std::string& target);

/// The plan's tree, opened for looking at it (O_RDONLY directory), mounted where nobody else sees
/// it: it is gone when the descriptor is closed. `mount_point` is any existing directory.
[[nodiscard]] Fd open_mounted(const MountPlan& plan, const std::string& mount_point);

/// One new file system, detached: the same as a plan of a single step.
[[nodiscard]] Fd mount_step(const MountStep& step);

/// A detached copy of what lies at `path` below `dir` (AT_FDCWD allowed, "" is `dir` itself): a
/// bind mount to be attached. It is made private. A final symbolic link is not followed.
[[nodiscard]] Fd clone_mount(int dir, const std::string& path, bool recursive);

/// Attaches a detached mount on the directory or file that `target` refers to.
void attach_mount(int mount, int target);
/// The same, on a path that berth itself chose.
void attach_mount(int mount, const std::string& target);

/// Changes MOUNT_ATTR_* of a mount, and with `recursive` of those below it. mount_setattr(2).
void set_mount_attributes(int mount, std::uint64_t set, std::uint64_t clear, bool recursive);

/// Makes everything below "/" of the caller's mount namespace private, so that nothing mounted
/// there is seen elsewhere. Call it after unshare(CLONE_NEWNS).
void make_mounts_private();

} // namespace berth::base
