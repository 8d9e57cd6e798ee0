// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mount_options.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <sys/mount.h>

namespace berth::run {

namespace {

struct Attribute {
    std::string_view name; ///< a leading 'r' makes it recursive
    std::uint64_t set;
    std::uint64_t clear;
};

constexpr std::array<Attribute, 18> kAttributes{{
    {"ro", MOUNT_ATTR_RDONLY, 0},
    {"rw", 0, MOUNT_ATTR_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID, 0},
    {"suid", 0, MOUNT_ATTR_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV, 0},
    {"dev", 0, MOUNT_ATTR_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC, 0},
    {"exec", 0, MOUNT_ATTR_NOEXEC},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    {"diratime", 0, MOUNT_ATTR_NODIRATIME},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
    {"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"norelatime", 0, 0},
    {"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {"atime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"nostrictatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
}};

struct Propagation {
    std::string_view name;
    std::uint64_t type;
    bool recursive;
};

constexpr std::array<Propagation, 8> kPropagations{{
    {"private", MS_PRIVATE, false},
    {"rprivate", MS_PRIVATE, true},
    {"slave", MS_SLAVE, false},
    {"rslave", MS_SLAVE, true},
    {"shared", MS_SHARED, false},
    {"rshared", MS_SHARED, true},
    {"unbindable", MS_UNBINDABLE, false},
    {"runbindable", MS_UNBINDABLE, true},
}};

/// Flags of mount(2) that belong to the file system, which the new mount API takes as options.
constexpr std::array<std::string_view, 6> kSuperblockFlags{"sync", "async",  "dirsync",
                                                           "mand", "nomand", "lazytime"};
/// Known and without effect here.
constexpr std::array<std::string_view, 8> kIgnored{"defaults", "silent",     "loud", "nolazytime",
                                                   "iversion", "noiversion", "z",    "Z"};

bool take_attribute(const std::string& option, MountOptions& result) {
    const auto apply = [](const Attribute& item, std::uint64_t& set, std::uint64_t& clear) {
        set = (set & ~item.clear) | item.set;
        clear = (clear & ~item.set) | item.clear;
    };
    for (const auto& item : kAttributes) {
        if (option == item.name) {
            apply(item, result.set, result.clear);
            return true;
        }
        if (option.size() == item.name.size() + 1 && option.front() == 'r' &&
            std::string_view(option).substr(1) == item.name) {
            apply(item, result.recursive_set, result.recursive_clear);
            return true;
        }
    }
    return false;
}

bool take_propagation(const std::string& option, MountOptions& result) {
    for (const auto& item : kPropagations) {
        if (option != item.name) continue;
        result.propagation = item.type;
        result.propagation_recursive = item.recursive;
        return true;
    }
    return false;
}

bool take_special(const std::string& option, MountOptions& result) {
    if (option == "bind" || option == "rbind") {
        result.bind = true;
        result.bind_recursive = option == "rbind";
    } else if (option == "remount") {
        result.remount = true;
    } else if (option == "tmpcopyup") {
        result.copy_up = true;
    } else if (option == "idmap" || option == "ridmap") {
        result.idmap = true;
        result.idmap_recursive = option == "ridmap";
    } else {
        return std::find(kIgnored.begin(), kIgnored.end(), option) != kIgnored.end();
    }
    return true;
}

} // namespace

MountOptions parse_mount_options(const std::vector<std::string>& options) {
    MountOptions result;
    for (const auto& option : options) {
        if (option.empty()) continue;
        if (take_attribute(option, result) || take_propagation(option, result) ||
            take_special(option, result)) {
            continue;
        }
        const auto equals = option.find('=');
        result.data.emplace_back(option.substr(0, equals), equals == std::string::npos
                                                               ? std::string()
                                                               : option.substr(equals + 1));
    }
    return result;
}

std::vector<std::string> known_mount_options() {
    std::vector<std::string> names{"bind", "rbind", "remount", "tmpcopyup", "idmap", "ridmap"};
    for (const auto& name : kIgnored) {
        if (name.size() > 1) names.emplace_back(name);
    }
    for (const auto& item : kAttributes) {
        names.emplace_back(item.name);
        names.push_back("r" + std::string(item.name));
    }
    for (const auto& item : kPropagations)
        names.emplace_back(item.name);
    names.insert(names.end(), kSuperblockFlags.begin(), kSuperblockFlags.end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

} // namespace berth::run
