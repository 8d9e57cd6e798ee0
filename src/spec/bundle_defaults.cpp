// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bundle_defaults.hpp"

#include <spec/capabilities.hpp>

namespace berth::spec {

std::vector<BundleMount> default_mounts(std::uint64_t shm_size) {
    return {
        {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}, {}, {}},
        {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}, {}, {}},
        {"/dev/pts",
         "devpts",
         "devpts",
         {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"},
         {},
         {}},
        {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}, {}, {}},
        {"/sys/fs/cgroup", "cgroup", "cgroup", {"ro", "nosuid", "noexec", "nodev"}, {}, {}},
        {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}, {}, {}},
        {"/dev/shm",
         "tmpfs",
         "shm",
         {"nosuid", "noexec", "nodev", "mode=1777", "size=" + std::to_string(shm_size)},
         {},
         {}},
    };
}

std::vector<std::string> default_masked_paths() {
    return {"/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/devices/virtual/powercap",
            "/sys/firmware"};
}

std::vector<std::string> default_readonly_paths() {
    return {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
}

std::vector<Namespace> default_namespaces() {
    return {{NamespaceType::Mount, ""}, {NamespaceType::Pid, ""},     {NamespaceType::Ipc, ""},
            {NamespaceType::Uts, ""},   {NamespaceType::Network, ""}, {NamespaceType::Cgroup, ""}};
}

std::vector<DeviceRule> default_device_rules() {
    return {
        {false, 'a', {}, {}, "rwm"}, {true, 'c', {}, {}, "m"},    {true, 'b', {}, {}, "m"},
        {true, 'c', 1, 3, "rwm"},    {true, 'c', 1, 5, "rwm"},    {true, 'c', 1, 7, "rwm"},
        {true, 'c', 1, 8, "rwm"},    {true, 'c', 1, 9, "rwm"},    {true, 'c', 5, 0, "rwm"},
        {true, 'c', 5, 2, "rwm"},    {true, 'c', 136, {}, "rwm"},
    };
}

CapabilitySets capability_sets(const std::vector<std::string>& names) {
    return {names, names, {}, names, {}};
}

Bundle example_bundle() {
    Bundle bundle;
    bundle.root_path = "rootfs";
    bundle.root_readonly = true;
    bundle.hostname = "berth";
    Process process;
    process.terminal = true;
    process.args = {"sh"};
    process.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                   "TERM=xterm"};
    process.capabilities = capability_sets({"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"});
    process.rlimits = {{"RLIMIT_NOFILE", 1024, 1024}};
    process.no_new_privileges = true;
    bundle.process = process;
    bundle.mounts = default_mounts(64U << 20U);
    bundle.lnx.namespaces = default_namespaces();
    bundle.lnx.limits.devices = {{false, 'a', {}, {}, "rwm"}};
    bundle.lnx.has_limits = true;
    bundle.lnx.masked_paths = default_masked_paths();
    bundle.lnx.readonly_paths = default_readonly_paths();
    return bundle;
}

} // namespace berth::spec
