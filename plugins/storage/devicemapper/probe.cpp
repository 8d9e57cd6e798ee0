// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe.hpp"

#include "../layers/filesystem.hpp"
#include "dm.hpp"

#include <string>

#include <unistd.h>

#include <berth/error.hpp>

namespace berth::devicemapper {

namespace {

bool is_installed(const std::string& program) {
    for (const char* dir : {"/usr/sbin/", "/sbin/", "/usr/bin/"}) {
        if (::access((dir + program).c_str(), X_OK) == 0) return true;
    }
    return false;
}

std::string find_kernel_problem() {
    try {
        static_cast<void>(dm::driver_version());
    } catch (const Error& error) {
        return "this kernel has no device-mapper (" + std::string(error.what()) +
               "); use the storage driver 'overlay'";
    }
    if (dm::has_target("thin-pool")) return {};
    return "this kernel's device-mapper has no thin pools (CONFIG_DM_THIN_PROVISIONING, module "
           "'dm_thin_pool'); use the storage driver 'overlay'";
}

std::string find_problem(const Settings& settings) {
    if (auto problem = find_kernel_problem(); !problem.empty()) return problem;
    if (!settings.has_place()) {
        return "no thin pool is configured: name two devices, a pool, or loopback in "
               "[storage.devicemapper] of berth.toml, or use the storage driver 'overlay'";
    }
    const std::string type = filesystem_type(settings.filesystem);
    if (!layers::kernel_has_filesystem(type)) {
        return "this kernel has no " + type + "; set storage.devicemapper.filesystem to another";
    }
    if (!is_installed("mkfs." + type)) {
        return "the program mkfs." + type + " is missing; install " +
               (settings.filesystem == Filesystem::Xfs ? "xfsprogs" : "e2fsprogs");
    }
    for (const auto& device : {settings.data_device, settings.metadata_device}) {
        if (device.empty() || ::access(device.c_str(), F_OK) == 0) continue;
        return "there is no device '" + device + "', which [storage.devicemapper] names";
    }
    return {};
}

} // namespace

Probe probe(const Settings& settings) {
    try {
        const auto reason = find_problem(settings);
        return {reason.empty(), reason};
    } catch (const Error& error) {
        return {false, error.what()};
    }
}

} // namespace berth::devicemapper
