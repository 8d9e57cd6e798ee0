// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <base/mount.hpp>
#include <berth/error.hpp>
#include <run/mounts.hpp>
#include <run/target.hpp>

namespace berth::run {

namespace {

struct Link {
    const char* name;
    const char* target;
};

constexpr std::array<Link, 5> kLinks{{
    {"fd", "/proc/self/fd"},
    {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"},
    {"core", "/proc/kcore"},
}};

mode_t type_bits(const spec::BundleDevice& device) {
    return device.type == 'p' ? S_IFIFO : device.type == 'b' ? S_IFBLK : S_IFCHR;
}

dev_t number(const spec::BundleDevice& device) {
    return device.type == 'p'
               ? 0
               : makedev(static_cast<unsigned>(device.major), static_cast<unsigned>(device.minor));
}

bool is_the_device(const struct stat& status, const spec::BundleDevice& device) {
    return (status.st_mode & S_IFMT) == type_bits(device) && status.st_rdev == number(device);
}

bool binds_dev(const spec::Bundle& bundle) {
    return std::any_of(bundle.mounts.begin(), bundle.mounts.end(),
                       [](const spec::BundleMount& mount) {
                           return is_bind(mount) && clean_path(mount.destination) == "/dev";
                       });
}

/// Puts the host's node on the place, where making one is not allowed.
void bind_device(const Launch& launch, const spec::BundleDevice& device, const base::Dir& parent,
                 const std::string& name) {
    const auto found =
        std::find_if(launch.host_devices.begin(), launch.host_devices.end(),
                     [&](const HostDevice& item) { return item.path == device.path; });
    struct stat status {};
    if (found == launch.host_devices.end() || ::fstat(found->mount.get(), &status) < 0 ||
        !is_the_device(status, device)) {
        throw Error(ErrorCode::Denied, "cannot make the device '" + device.path +
                                           "': not permitted here, and the host has no such one");
    }
    const base::Fd target(::openat(parent.fd(), name.c_str(),
                                   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!target) throw_errno("cannot make the mount point of the device '" + device.path + "'");
    base::attach_mount(found->mount.get(), target.get());
}

void check_existing(const spec::BundleDevice& device, const base::Dir& parent,
                    const std::string& name) {
    struct stat status {};
    if (::fstatat(parent.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) {
        throw_errno("cannot stat '" + device.path + "' in the container");
    }
    if (!is_the_device(status, device)) {
        throw Error(ErrorCode::Denied,
                    "'" + device.path + "' in the container is something else than that device");
    }
}

void make_device(const Launch& launch, const base::Dir& root, const spec::BundleDevice& device) {
    const auto place = clean_path(device.path);
    const auto slash = place.rfind('/');
    const auto name = place.substr(slash + 1);
    const auto parent = root.make_dirs(place.substr(0, slash), 0755, base::Resolve::InRoot);
    if (::mknodat(parent.fd(), name.c_str(), type_bits(device) | device.mode, number(device)) < 0) {
        if (errno == EEXIST) return check_existing(device, parent, name);
        if (errno == EPERM) return bind_device(launch, device, parent, name);
        throw_errno("cannot make the device '" + device.path + "'");
    }
    if (::fchownat(parent.fd(), name.c_str(), device.uid, device.gid, AT_SYMLINK_NOFOLLOW) < 0 &&
        errno != EINVAL) {
        throw_errno("cannot give the device '" + device.path + "' its owner");
    }
}

void make_link(const base::Dir& dev, const char* name, const char* target) {
    if (::symlinkat(target, dev.fd(), name) < 0 && errno != EEXIST) {
        throw_errno("cannot make the link '/dev/" + std::string(name) + "'");
    }
}

/// /dev/ptmx leads to the container's own devpts; an image's node would lead to another.
void make_ptmx(const base::Dir& dev) {
    if (!dev.exists("pts")) return;
    if (::unlinkat(dev.fd(), "ptmx", 0) < 0 && errno != ENOENT) {
        throw_errno("cannot replace '/dev/ptmx'");
    }
    make_link(dev, "ptmx", "pts/ptmx");
}

} // namespace

std::vector<spec::BundleDevice> wanted_devices(const spec::Bundle& bundle) {
    std::vector<spec::BundleDevice> devices{
        {"/dev/null", 'c', 1, 3, 0666, 0, 0},    {"/dev/zero", 'c', 1, 5, 0666, 0, 0},
        {"/dev/full", 'c', 1, 7, 0666, 0, 0},    {"/dev/random", 'c', 1, 8, 0666, 0, 0},
        {"/dev/urandom", 'c', 1, 9, 0666, 0, 0}, {"/dev/tty", 'c', 5, 0, 0666, 0, 0},
    };
    for (const auto& device : bundle.lnx.devices) {
        const auto same = std::find_if(devices.begin(), devices.end(), [&](const auto& known) {
            return known.path == clean_path(device.path);
        });
        // These two are what the runner makes them: links into the container's own devpts.
        if (clean_path(device.path) == "/dev/ptmx" || clean_path(device.path) == "/dev/console") {
            continue;
        }
        if (same != devices.end()) {
            *same = device;
        } else {
            devices.push_back(device);
        }
    }
    return devices;
}

void make_devices(const Launch& launch, const base::Dir& root) {
    if (binds_dev(launch.bundle)) return;
    const mode_t umask = ::umask(0);
    const base::Dir dev(
        base::Fd(::fcntl(make_plain_directory(root, "/dev").get(), F_DUPFD_CLOEXEC, 3)));
    for (const auto& device : wanted_devices(launch.bundle)) {
        make_device(launch, root, device);
    }
    for (const auto& link : kLinks)
        make_link(dev, link.name, link.target);
    make_ptmx(dev);
    ::umask(umask);
}

} // namespace berth::run
