// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mount_syntax.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <base/strings.hpp>
#include <spec/config_reader.hpp>
#include <spec/csv.hpp>

namespace berth::spec {

namespace {

constexpr std::size_t kMaxPath = 4096;
constexpr std::size_t kMaxName = 128;

constexpr std::array<std::string_view, 6> kPropagations{"private", "rprivate", "shared",
                                                        "rshared", "slave",    "rslave"};
// What lxcfs gives; everything else in /proc belongs to the kernel and to the masks.
constexpr std::array<std::string_view, 11> kAllowedInProc{"/proc/cpuinfo",
                                                          "/proc/diskstats",
                                                          "/proc/meminfo",
                                                          "/proc/stat",
                                                          "/proc/swaps",
                                                          "/proc/uptime",
                                                          "/proc/loadavg",
                                                          "/proc/slabinfo",
                                                          "/proc/net/dev",
                                                          "/proc/sys/kernel/ns_last_pid",
                                                          "/proc/sys/crypto/fips_enabled"};
constexpr std::array<std::string_view, 13> kTmpfsFlags{
    "ro",    "rw",      "exec",  "noexec", "suid",       "nosuid",  "dev",
    "nodev", "noatime", "atime", "sync",   "nodiratime", "relatime"};
constexpr std::array<std::string_view, 4> kTmpfsNumbers{"uid", "gid", "nr_inodes", "nr_blocks"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& set, std::string_view text) noexcept {
    return std::find(set.begin(), set.end(), text) != set.end();
}

bool is_name(std::string_view text, std::size_t shortest) noexcept {
    const auto alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    if (text.size() < shortest || text.size() > kMaxName || !alphanumeric(text[0])) return false;
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return alphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

std::string clean_source(std::string_view flag, std::string_view path) {
    if (path.empty() || path[0] != '/') {
        throw bad_value(flag, path, "the source of a bind mount must be an absolute path");
    }
    if (path.size() > kMaxPath) throw bad_value(flag, path, "the path is too long");
    return clean_path(path);
}

void set_source(Mount& mount, std::string_view text, std::string_view source) {
    if (source.empty()) {
        throw bad_value("volume", text, "the source before the ':' is empty");
    }
    if (source[0] == '/') {
        mount.kind = MountKind::Bind;
        mount.source = clean_source("volume", source);
        mount.create_source = true;
        return;
    }
    if (!is_volume_name(source)) {
        throw bad_value("volume", text,
                        "the source must be an absolute path or a volume name made of "
                        "[a-zA-Z0-9][a-zA-Z0-9_.-]");
    }
    mount.kind = MountKind::Volume;
    mount.source = source;
}

void apply_volume_option(Mount& mount, std::string_view text, std::string_view option) {
    if (option == "ro") {
        mount.read_only = true;
    } else if (option == "nocopy") {
        if (mount.kind == MountKind::Bind) {
            throw bad_value("volume", text, "'nocopy' is for volumes, not for host paths");
        }
        mount.no_copy = true;
    } else if (is_one_of(kPropagations, option)) {
        if (mount.kind != MountKind::Bind) {
            throw bad_value("volume", text, "mount propagation is for host paths only");
        }
        mount.propagation = option;
    } else if (option != "rw" && option != "z" && option != "Z" && option != "consistent" &&
               option != "cached" && option != "delegated") {
        throw bad_value("volume", text,
                        "unknown option '" + base::printable(option) +
                            "'; known are ro, rw, z, Z, nocopy and the propagations "
                            "[r]private, [r]shared, [r]slave");
    }
}

void check_tmpfs_option(std::string_view flag, std::string_view text, std::string_view option) {
    if (is_one_of(kTmpfsFlags, option)) return;
    const std::size_t equals = option.find('=');
    const std::string_view key = option.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
    const bool plain = option.find_first_of(" \t\r\n") == std::string_view::npos;
    const bool size_ok =
        key == "size" &&
        (base::parse_size(value) || (value.size() > 1 && value.back() == '%' &&
                                     base::parse_number(value.substr(0, value.size() - 1), 100)));
    const bool mode_ok = key == "mode" && !value.empty() && value.size() <= 5 &&
                         value.find_first_not_of("01234567") == std::string_view::npos;
    const bool number_ok = is_one_of(kTmpfsNumbers, key) && base::parse_number(value, 1ULL << 40U);
    if (plain && (size_ok || mode_ok || number_ok)) return;
    throw bad_value(flag, text,
                    "unknown or wrong option '" + base::printable(option) +
                        "'; known are size=BYTES, mode=OCTAL, uid=, gid=, nr_inodes=, "
                        "nr_blocks= and ro, rw, [no]exec, [no]suid, [no]dev");
}

bool parse_switch(std::string_view text, std::string_view key,
                  const std::optional<std::string>& value) {
    if (!value || *value == "true" || *value == "1") return true;
    if (*value == "false" || *value == "0") return false;
    throw bad_value("mount", text, std::string(key) + " must be true or false");
}

/// The fields of --mount as they come; put together in finish_mount().
struct MountFields {
    std::string type = "volume";
    std::string bind_key;   ///< the last bind- key given, for the message
    std::string volume_key; ///< the same for volume-
    std::string tmpfs_key;  ///< the same for tmpfs-
};

void apply_tmpfs_key(Mount& mount, std::string_view text, const std::string& key,
                     const std::string& value) {
    if (key == "tmpfs-size") {
        const auto size = base::parse_size(value);
        if (!size) throw bad_value("mount", text, "tmpfs-size must be a size such as 64m");
        mount.options.push_back("size=" + std::to_string(*size));
        return;
    }
    check_tmpfs_option("mount", text, "mode=" + value);
    mount.options.push_back("mode=" + value);
}

void apply_mount_key(Mount& mount, MountFields& fields, std::string_view text,
                     const std::string& key, const std::optional<std::string>& value) {
    if (key == "readonly" || key == "ro") {
        mount.read_only = parse_switch(text, key, value);
        return;
    }
    if (key == "volume-nocopy") {
        fields.volume_key = key;
        mount.no_copy = parse_switch(text, key, value);
        return;
    }
    if (key == "bind-nonrecursive") {
        fields.bind_key = key;
        mount.non_recursive = parse_switch(text, key, value);
        return;
    }
    if (!value) throw bad_value("mount", text, "'" + base::printable(key) + "' needs a value");
    if (key == "type") {
        fields.type = *value;
    } else if (key == "source" || key == "src") {
        mount.source = *value;
    } else if (key == "target" || key == "dst" || key == "destination") {
        mount.target = clean_target("mount", *value);
    } else if (key == "bind-propagation") {
        if (!is_one_of(kPropagations, *value)) {
            throw bad_value("mount", text,
                            "bind-propagation must be one of [r]private, [r]shared, [r]slave");
        }
        fields.bind_key = key;
        mount.propagation = *value;
    } else if (key == "volume-driver") {
        fields.volume_key = key;
        if (*value != "local") throw bad_value("mount", text, "the only volume driver is 'local'");
    } else if (key == "tmpfs-size" || key == "tmpfs-mode") {
        fields.tmpfs_key = key;
        apply_tmpfs_key(mount, text, key, *value);
    } else if (key != "consistency") {
        throw bad_value("mount", text,
                        "unknown key '" + base::printable(key) +
                            "'; known are type, source, target, readonly, bind-propagation, "
                            "bind-nonrecursive, volume-nocopy, tmpfs-size, tmpfs-mode");
    }
}

void finish_mount(Mount& mount, const MountFields& fields, std::string_view text) {
    if (mount.target.empty()) throw bad_value("mount", text, "'target' is missing");
    if (fields.type == "bind") {
        mount.kind = MountKind::Bind;
        mount.source = clean_source("mount", mount.source);
    } else if (fields.type == "volume") {
        mount.kind = MountKind::Volume;
        if (!mount.source.empty() && !is_volume_name(mount.source)) {
            throw bad_value("mount", text,
                            "the source must be a volume name made of "
                            "[a-zA-Z0-9][a-zA-Z0-9_.-]");
        }
    } else if (fields.type == "tmpfs") {
        mount.kind = MountKind::Tmpfs;
        if (!mount.source.empty()) throw bad_value("mount", text, "a tmpfs has no source");
    } else {
        throw bad_value("mount", text, "type must be bind, volume or tmpfs");
    }
    const auto refuse = [&](const std::string& key, MountKind kind) {
        if (key.empty() || mount.kind == kind) return;
        throw bad_value("mount", text, "'" + key + "' does not go with type " + fields.type);
    };
    refuse(fields.bind_key, MountKind::Bind);
    refuse(fields.volume_key, MountKind::Volume);
    refuse(fields.tmpfs_key, MountKind::Tmpfs);
}

} // namespace

bool is_volume_name(std::string_view text) noexcept {
    return is_name(text, 2);
}

bool is_container_name(std::string_view text) noexcept {
    return is_name(text, 1);
}

std::string clean_path(std::string_view path) {
    std::vector<std::string> parts;
    for (auto& part : base::split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            if (!parts.empty()) parts.pop_back();
        } else {
            parts.push_back(std::move(part));
        }
    }
    return "/" + base::join(parts, "/");
}

std::string clean_target(std::string_view flag, std::string_view path) {
    if (path.empty() || path[0] != '/') {
        throw bad_value(flag, path, "the path in the container must be absolute");
    }
    if (path.size() > kMaxPath) throw bad_value(flag, path, "the path is too long");
    std::string clean = clean_path(path);
    if (clean == "/") throw bad_value(flag, path, "the destination can't be '/'");
    const bool in_proc = clean == "/proc" || clean.rfind("/proc/", 0) == 0;
    if (in_proc && !is_one_of(kAllowedInProc, clean)) {
        throw bad_value(flag, path, "nothing may be mounted over /proc");
    }
    return clean;
}

Mount parse_volume(std::string_view text) {
    const auto parts = base::split(text, ':');
    if (parts.size() > 3) {
        throw bad_value("volume", text, "expected [SOURCE:]TARGET[:OPTIONS]");
    }
    Mount mount{.kind = MountKind::Volume};
    if (parts.size() == 1) {
        mount.target = clean_target("volume", parts[0]);
        return mount;
    }
    set_source(mount, text, parts[0]);
    mount.target = clean_target("volume", parts[1]);
    if (parts.size() == 3) {
        for (const auto& option : base::split(parts[2], ',')) {
            apply_volume_option(mount, text, option);
        }
    }
    return mount;
}

Mount parse_mount(std::string_view text) {
    const auto fields = parse_csv(text);
    if (!fields) throw bad_value("mount", text, "a quote is not closed");
    Mount mount;
    MountFields rest;
    for (const auto& field : *fields) {
        const std::size_t equals = field.find('=');
        const std::string key = base::to_lower(base::trim(field.substr(0, equals)));
        std::optional<std::string> value;
        if (equals != std::string::npos) value = field.substr(equals + 1);
        apply_mount_key(mount, rest, text, key, value);
    }
    finish_mount(mount, rest, text);
    return mount;
}

Mount parse_tmpfs(std::string_view text) {
    const std::size_t colon = text.find(':');
    Mount mount{.kind = MountKind::Tmpfs, .target = clean_target("tmpfs", text.substr(0, colon))};
    if (colon == std::string_view::npos) return mount;
    for (const auto& option : base::split(text.substr(colon + 1), ',')) {
        if (option.empty()) continue;
        check_tmpfs_option("tmpfs", text, option);
        if (option == "ro") mount.read_only = true;
        if (option == "ro" || option == "rw") continue;
        mount.options.push_back(option);
    }
    return mount;
}

VolumesFrom parse_volumes_from(std::string_view text) {
    const std::size_t colon = text.find(':');
    VolumesFrom from{.container = std::string(text.substr(0, colon))};
    if (!is_container_name(from.container)) {
        throw bad_value("volumes-from", text, "expected CONTAINER[:ro|rw]");
    }
    if (colon == std::string_view::npos) return from;
    for (const auto& option : base::split(text.substr(colon + 1), ',')) {
        if (option == "ro") {
            from.read_only = true;
        } else if (option != "rw" && option != "z" && option != "Z") {
            throw bad_value("volumes-from", text, "expected CONTAINER[:ro|rw]");
        }
    }
    return from;
}

void require_distinct_targets(const std::vector<Mount>& mounts) {
    std::set<std::string> targets;
    for (const auto& mount : mounts) {
        if (targets.insert(mount.target).second) continue;
        throw Error(ErrorCode::InvalidArgument, "Duplicate mount point: " + mount.target);
    }
}

} // namespace berth::spec
