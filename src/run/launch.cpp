// SPDX-License-Identifier: LGPL-2.1-or-later
#include "launch.hpp"

#include <array>

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <base/mount.hpp>
#include <berth/error.hpp>
#include <run/devices.hpp>
#include <run/id_map.hpp>
#include <run/mount_options.hpp>
#include <run/mounts.hpp>
#include <run/target.hpp>
#include <spec/bundle_defaults.hpp>
#include <store/tree.hpp>

namespace berth::run {

namespace {

enum class Links { Follow, Refuse };

base::Fd open_host_path(const std::string& path, Links links) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = links == Links::Refuse ? RESOLVE_NO_SYMLINKS : 0;
    base::Fd fd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
    if (!fd && errno == ELOOP) {
        throw Error(ErrorCode::Denied,
                    "cannot bind mount '" + path +
                        "': a symbolic link is there that was not when this was authorised");
    }
    if (!fd) throw_errno("cannot bind mount '" + path + "'");
    return fd;
}

/// open_tree(2) of a host path, keeping the mount's peers if it is to go on receiving or sending
/// mounts.
base::Fd clone_host_path(const std::string& path, bool recursive, bool keep_peers,
                         Links links = Links::Follow) {
    const unsigned flags =
        OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);
    base::Fd mount(::open_tree(open_host_path(path, links).get(), "", flags));
    if (!mount) throw_errno("cannot bind mount '" + path + "'");
    if (keep_peers) return mount;
    mount_attr attributes{};
    attributes.propagation = MS_PRIVATE;
    if (::mount_setattr(mount.get(), "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
                        &attributes, sizeof attributes) < 0) {
        throw_errno("cannot make the bind mount of '" + path + "' private");
    }
    return mount;
}

bool is_directory(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) < 0) throw_errno("cannot stat what is to be mounted");
    return S_ISDIR(status.st_mode);
}

std::string host_path(const Launch& launch, const std::string& path) {
    return !path.empty() && path.front() == '/' ? path : launch.bundle_dir + "/" + path;
}

/// A mount over /proc would hide from the runner what it must verify: only the kernel's own files.
void check_proc_destination(const spec::BundleMount& mount, int source) {
    static constexpr std::array<const char*, 10> kAllowed{"/proc/cpuinfo",
                                                          "/proc/diskstats",
                                                          "/proc/meminfo",
                                                          "/proc/stat",
                                                          "/proc/swaps",
                                                          "/proc/uptime",
                                                          "/proc/loadavg",
                                                          "/proc/slabinfo",
                                                          "/proc/sys/kernel/ns_last_pid",
                                                          "/proc/sys/crypto/fips_enabled"};
    const auto place = clean_path(mount.destination);
    if (place == "/") throw Error(ErrorCode::InvalidArgument, "cannot mount over the root '/'");
    if (place != "/proc" && place.compare(0, 6, "/proc/") != 0) return;
    if (place == "/proc" && filesystem_type(source) == PROC_SUPER_MAGIC) return;
    for (const char* allowed : kAllowed) {
        if (place == allowed) return;
    }
    throw Error(ErrorCode::Denied, "cannot mount '" + mount.source + "' on '" + place +
                                       "': mounts inside /proc are not allowed");
}

/// The engine's own directories are where the administrator put them.
Links links_of(const Launch& launch, const spec::BundleMount& mount) {
    const bool exact = launch.bundle.flag(spec::kAnnotationExactSources) &&
                       mount.source.rfind(store::state_dir() + "/", 0) != 0;
    return exact ? Links::Refuse : Links::Follow;
}

Source open_source(const Launch& launch, const spec::BundleMount& mount) {
    const auto options = parse_mount_options(mount.options);
    if (!is_bind(mount) || options.remount) return {};
    const bool keep_peers = options.propagation == MS_SHARED || options.propagation == MS_SLAVE;
    Source source;
    source.mount = clone_host_path(host_path(launch, mount.source),
                                   options.bind_recursive || launch.has_user_namespace(),
                                   keep_peers, links_of(launch, mount));
    check_proc_destination(mount, source.mount.get());
    source.directory = is_directory(source.mount.get());
    if (options.idmap || !mount.uid_mappings.empty()) {
        map_mount(source.mount.get(), mount, launch.bundle.lnx, options.idmap_recursive);
    }
    return source;
}

void check_filesystem_mount(const spec::BundleMount& mount) {
    const auto place = clean_path(mount.destination);
    if (place == "/proc" && mount.type != "proc") {
        throw Error(ErrorCode::Denied, "cannot mount " + mount.type + " on /proc");
    }
    if (place.compare(0, 6, "/proc/") == 0 && mount.type != "tmpfs" &&
        mount.type != "binfmt_misc") {
        throw Error(ErrorCode::Denied, "cannot mount " + mount.type + " on '" + place + "'");
    }
    if (place.compare(0, 6, "/proc/") == 0 && mount.type == "tmpfs") {
        throw Error(ErrorCode::Denied,
                    "cannot mount a tmpfs on '" + place + "': mounts inside /proc are not allowed");
    }
}

base::Fd open_root(const Launch& launch) {
    if (launch.root_plan) {
        if (!base::can_be_detached(*launch.root_plan)) return {};
        return base::mount_detached(*launch.root_plan);
    }
    auto root = clone_host_path(host_path(launch, launch.bundle.root_path), true, false);
    if (!is_directory(root.get())) {
        throw Error(ErrorCode::InvalidArgument,
                    "the root file system '" + launch.bundle.root_path + "' is not a directory");
    }
    return root;
}

} // namespace

bool Launch::has_user_namespace() const noexcept {
    return namespaces.is_own(CLONE_NEWUSER);
}

bool Launch::waits_for_place() const noexcept {
    return placed_by_helper || namespaces.is_fresh(CLONE_NEWUSER);
}

bool Launch::makes_cgroup_namespace_late() const noexcept {
    return placed_by_helper && namespaces.is_fresh(CLONE_NEWCGROUP);
}

void open_host_side(Launch& launch) {
    launch.namespaces = open_namespaces(launch.bundle.lnx);
    if (!launch.root) launch.root = open_root(launch);
    for (const auto& mount : launch.bundle.mounts) {
        if (!is_bind(mount)) check_filesystem_mount(mount);
        launch.sources.push_back(open_source(launch, mount));
    }
    if (!launch.has_user_namespace()) return;
    for (const auto& device : wanted_devices(launch.bundle)) {
        if (device.type == 'p') continue;
        launch.host_devices.push_back({device.path, clone_host_path(device.path, false, false)});
    }
}

} // namespace berth::run
