// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_tree.hpp"

#include <exception>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/log.hpp>
#include <base/mount.hpp>
#include <berth/error.hpp>
#include <store/tree.hpp>

namespace berth::image {

namespace {

/// Runs in a thread of its own: entering a mount namespace is for threads that share their root
/// and working directory with no other.
template <class Action>
void in_own_thread(Action action) {
    std::exception_ptr failure;
    std::thread([&] {
        try {
            action();
        } catch (...) {
            failure = std::current_exception();
        }
    }).join();
    if (failure) std::rethrow_exception(failure);
}

base::Fd open_process(int pid) {
    base::Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process) throw_errno("cannot reach the container's init, process " + std::to_string(pid));
    return process;
}

void enter_mounts_of(int pid) {
    const base::Fd process = open_process(pid);
    if (::unshare(CLONE_FS) < 0) throw_errno("cannot leave the shared working directory");
    if (::setns(process.get(), CLONE_NEWNS) < 0) {
        throw_errno("cannot enter the container's mount namespace");
    }
}

std::string relative(const std::string& path) {
    const std::size_t first = path.find_first_not_of('/');
    return first == std::string::npos ? "." : path.substr(first);
}

/// A directory or an empty file at `path` to mount on, made if it is missing.
std::optional<base::Fd> mount_point(const base::Dir& root, const std::string& path, bool is_dir) {
    if (auto there = root.find_file(path, O_PATH, base::Resolve::InRoot)) return there;
    try {
        if (is_dir) return root.make_dirs(path, 0755, base::Resolve::InRoot).open_file(".", O_PATH);
        return std::nullopt;
    } catch (const Error& error) {
        if (error.sys_errno() == EROFS) return std::nullopt;
        throw;
    }
}

} // namespace

ContainerTree::ContainerTree(const spec::JobContainer& container, Storage& storage, TreeUse use)
    : storage_(storage) {
    if (container.pid > 0) {
        open_running(container, use);
    } else {
        open_stopped(container, use);
    }
}

ContainerTree::~ContainerTree() {
    root_.reset();
    if (!activated_) return;
    try {
        storage_.deactivate(*activated_);
    } catch (const std::exception& error) {
        log::warning("cannot let the container's storage go: %s", error.what());
    }
}

void ContainerTree::open_running(const spec::JobContainer& container, TreeUse use) {
    in_own_thread([&] {
        enter_mounts_of(container.pid);
        const bool with_mounts = use != TreeUse::RootOnly;
        keeper_ = base::clone_mount(AT_FDCWD, "/", with_mounts);
        base::Fd root(::openat(keeper_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!root) throw_errno("cannot open the container's root");
        root_ = base::Dir(std::move(root));
    });
}

/// The mounts are made in a mount namespace that dies with its last descriptor.
void ContainerTree::open_stopped(const spec::JobContainer& container, TreeUse use) {
    const LayerId layer(container.layer);
    // Where a volume is mounted on may be missing until the first start, which makes it.
    const bool mounts = use != TreeUse::RootOnly && !container.mounts.empty();
    const MountPlan plan = storage_.mount_plan(layer, use != TreeUse::Write && !mounts);
    activated_ = layer;
    in_own_thread([&] {
        if (::unshare(CLONE_FS | CLONE_NEWNS) < 0) throw_errno("cannot make a mount namespace");
        keeper_ = base::Fd(::open("/proc/thread-self/ns/mnt", O_RDONLY | O_CLOEXEC));
        if (!keeper_) throw_errno("cannot hold a mount namespace");
        base::make_mounts_private();
        const std::string target = store::runtime_dir() + "/copy";
        base::make_directories(target, 0700);
        base::mount_at(plan, target);
        root_ = base::Dir::open(target);
        if (use == TreeUse::RootOnly) return;
        for (const auto& mount : container.mounts)
            add_mount(mount);
    });
}

void ContainerTree::add_mount(const spec::JobMount& mount) {
    struct stat status {};
    if (::stat(mount.source.c_str(), &status) < 0) {
        throw_errno("cannot reach the container's mount '" + mount.source + "'");
    }
    const auto point = mount_point(*root_, relative(mount.target), S_ISDIR(status.st_mode));
    if (!point) return; // nothing there to see it on
    const base::Fd copy = base::clone_mount(AT_FDCWD, mount.source, true);
    if (mount.read_only) base::set_mount_attributes(copy.get(), MOUNT_ATTR_RDONLY, 0, true);
    base::attach_mount(copy.get(), point->get());
}

} // namespace berth::image
