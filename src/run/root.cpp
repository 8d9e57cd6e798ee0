// SPDX-License-Identifier: LGPL-2.1-or-later
#include "root.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/mount.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr std::array<std::pair<std::string_view, unsigned long>, 8> kRootPropagations{{
    {"private", MS_PRIVATE},
    {"rprivate", MS_PRIVATE | MS_REC},
    {"slave", MS_SLAVE},
    {"rslave", MS_SLAVE | MS_REC},
    {"shared", MS_SHARED},
    {"rshared", MS_SHARED | MS_REC},
    {"unbindable", MS_UNBINDABLE},
    {"runbindable", MS_UNBINDABLE | MS_REC},
}};

void set_propagation(const std::string& name) {
    if (name.empty()) return;
    for (const auto& [known, flags] : kRootPropagations) {
        if (name != known) continue;
        if (::mount(nullptr, "/", nullptr, flags, nullptr) < 0) {
            throw_errno("cannot set the root's propagation");
        }
        return;
    }
    throw Error(ErrorCode::InvalidArgument,
                "'" + name.substr(0, 40) + "' is no propagation for the root");
}

/// The old root ends up on top of the new one and is taken off there. pivot_root(2), "."
void pivot() {
    const base::Fd old(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (::syscall(SYS_pivot_root, ".", ".") < 0) throw_errno("cannot make the root the root");
    if (!old || ::fchdir(old.get()) < 0 || ::umount2(".", MNT_DETACH) < 0) {
        throw_errno("cannot take the host's tree away");
    }
}

/// For a host whose root can't be pivoted (an initramfs).
void move_over_root() {
    if (::mount(".", "/", nullptr, MS_MOVE, nullptr) < 0 || ::chroot(".") < 0) {
        throw_errno("cannot move the root over the host's");
    }
}

} // namespace

base::Dir attach_root(const Launch& launch) {
    if (launch.namespaces.is_fresh(CLONE_NEWNS)) base::make_mounts_private();
    if (!launch.root) {
        base::mount_at(*launch.root_plan, launch.mount_point);
        return base::Dir::open(launch.mount_point);
    }
    base::attach_mount(launch.root.get(), launch.mount_point);
    base::Fd fd(::openat(launch.root.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) throw_errno("cannot open the container's root");
    return base::Dir(std::move(fd));
}

void enter_root(const Launch& launch, const base::Dir& root) {
    if (::fchdir(root.fd()) < 0) throw_errno("cannot enter the container's root");
    if (launch.bundle.root_readonly) {
        const base::Fd top(::openat(root.fd(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
        base::set_mount_attributes(top.get(), MOUNT_ATTR_RDONLY, 0, false);
    }
    if (!launch.namespaces.is_fresh(CLONE_NEWNS)) {
        // The others in a namespace that is joined keep their root.
        if (::chroot(".") < 0) throw_errno("cannot make the root the root");
    } else if (launch.pivot) {
        pivot();
    } else {
        move_over_root();
    }
    if (::chdir("/") < 0) throw_errno("cannot enter the container's root");
    set_propagation(launch.bundle.lnx.rootfs_propagation);
}

} // namespace berth::run
