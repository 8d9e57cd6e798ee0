// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices.hpp"

#include <array>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <base/dir.hpp>
#include <base/strings.hpp>

namespace berth::container {

namespace {

constexpr unsigned kMaxDepth = 8;
constexpr std::size_t kMaxDevices = 4096;

// What a container's /dev has of its own.
constexpr std::array<std::string_view, 12> kOwn{"pts",     "shm",    "mqueue",  "fd",
                                                "console", "ptmx",   "null",    "zero",
                                                "full",    "random", "urandom", "tty"};

bool is_own(const std::string& name) {
    for (const auto own : kOwn) {
        if (name == own) return true;
    }
    return false;
}

std::optional<spec::BundleDevice> node(const struct stat& status, const std::string& path) {
    if (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)) return std::nullopt;
    spec::BundleDevice device{.path = path};
    device.type = S_ISCHR(status.st_mode) ? 'c' : 'b';
    device.major = ::major(status.st_rdev);
    device.minor = ::minor(status.st_rdev);
    device.mode = status.st_mode & 07777U;
    device.uid = status.st_uid;
    device.gid = status.st_gid;
    return device;
}

/// All nodes below a directory of the host; links are left out.
void collect(const base::Dir& dir, const std::string& path, unsigned depth,
             std::vector<spec::BundleDevice>& devices) {
    for (const auto& name : dir.list()) {
        if (depth == 0 && is_own(name)) continue;
        const auto status = dir.stat(name);
        if (!status) continue;
        if (S_ISDIR(status->st_mode) && depth < kMaxDepth) {
            collect(dir.open_dir(name), path + "/" + name, depth + 1, devices);
        } else if (auto device = node(*status, path + "/" + name)) {
            devices.push_back(std::move(*device));
        }
        if (devices.size() > kMaxDevices) {
            throw Error(ErrorCode::Exhausted, "there are more than 4096 devices in '" + path + "'");
        }
    }
}

struct stat stat_device(const spec::Device& device) {
    struct stat status {};
    if (::stat(device.host_path.c_str(), &status) < 0) {
        throw_errno("cannot use the device '" + base::printable(device.host_path) + "'");
    }
    return status;
}

} // namespace

std::vector<spec::BundleDevice> host_devices(const spec::ContainerSpec& spec) {
    std::vector<spec::BundleDevice> devices;
    if (spec.privileged) collect(base::Dir::open("/dev"), "/dev", 0, devices);
    for (const auto& wanted : spec.devices) {
        const struct stat status = stat_device(wanted);
        if (S_ISDIR(status.st_mode)) {
            collect(base::Dir::open(wanted.host_path), wanted.container_path, 1, devices);
        } else if (auto device = node(status, wanted.container_path)) {
            devices.push_back(std::move(*device));
        } else {
            throw Error(ErrorCode::InvalidArgument,
                        "'" + base::printable(wanted.host_path) + "' is not a device");
        }
    }
    return devices;
}

systemd::Pairs device_rules(const spec::ContainerSpec& spec) {
    // Docker's list: use of the harmless ones, and making any node (to use it is another matter).
    systemd::Pairs rules{{"char-*", "m"},         {"block-*", "m"},     {"/dev/null", "rwm"},
                         {"/dev/zero", "rwm"},    {"/dev/full", "rwm"}, {"/dev/random", "rwm"},
                         {"/dev/urandom", "rwm"}, {"/dev/tty", "rwm"},  {"/dev/console", "rwm"},
                         {"/dev/ptmx", "rwm"},    {"char-pts", "rwm"}};
    for (const auto& wanted : spec.devices) {
        const struct stat status = stat_device(wanted);
        if (!S_ISDIR(status.st_mode)) {
            rules.emplace_back(wanted.host_path, wanted.permissions);
            continue;
        }
        std::vector<spec::BundleDevice> found;
        collect(base::Dir::open(wanted.host_path), wanted.host_path, 1, found);
        for (const auto& device : found)
            rules.emplace_back(device.path, wanted.permissions);
    }
    return rules;
}

} // namespace berth::container
