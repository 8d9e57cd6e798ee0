// SPDX-License-Identifier: LGPL-2.1-or-later
#include "risk.hpp"

#include <algorithm>
#include <array>

#include <base/strings.hpp>

namespace berth::daemon {

namespace {

// Whoever can write there rules the machine.
constexpr std::array<std::string_view, 9> kCommandingPaths = {
    "/run/dbus",   "/var/run/dbus", "/run/systemd", "/var/run/systemd",    "/run/docker.sock",
    "/run/podman", "/run/berth",    "/proc",        "/var/run/docker.sock"};

bool is_at_or_below(std::string_view path, std::string_view top) {
    return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

// The path itself, something in it, or a directory above it.
bool reaches_command(const spec::Mount& mount) {
    if (mount.kind != spec::MountKind::Bind) return false;
    return std::any_of(kCommandingPaths.begin(), kCommandingPaths.end(), [&](std::string_view top) {
        return mount.source == "/" || is_at_or_below(mount.source, top) ||
               is_at_or_below(top, mount.source);
    });
}

std::vector<std::string> host_paths(const spec::ContainerSpec& spec) {
    std::vector<std::string> paths;
    for (const auto& mount : spec.mounts) {
        if (mount.kind == spec::MountKind::Bind) paths.push_back(mount.source);
    }
    return paths;
}

void add_if(bus::StringMap& details, const char* key, const std::string& value) {
    if (!value.empty()) details[key] = base::printable(value.substr(0, 512));
}

} // namespace

Risk risk_of(const spec::ContainerSpec& spec) {
    if (spec.privileged) return Risk::Privileged;
    if (std::any_of(spec.mounts.begin(), spec.mounts.end(), reaches_command)) {
        return Risk::Privileged;
    }
    return Risk::Host;
}

bus::StringMap risk_details(const spec::ContainerSpec& spec) {
    bus::StringMap details{{"privileged", spec.privileged ? "true" : "false"},
                           {"host-network", spec.network_mode == "host" ? "true" : "false"}};
    std::vector<std::string> devices;
    for (const auto& device : spec.devices)
        devices.push_back(device.host_path);
    add_if(details, "image", spec.image_ref);
    add_if(details, "image-digest", spec.image_id);
    add_if(details, "host-paths", base::join(host_paths(spec), ","));
    add_if(details, "devices", base::join(devices, ","));
    add_if(details, "caps-add", base::join(spec.cap_add, ","));
    add_if(details, "user", spec.user);
    return details;
}

} // namespace berth::daemon
