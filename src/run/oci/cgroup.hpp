// SPDX-License-Identifier: LGPL-2.1-or-later
// The cgroup of a container that no service manager made one for: cgroup v2, written directly.
// Source: the kernel's admin-guide/cgroup-v2.rst; OCI runtime-spec, config-linux.md.
#pragma once

#include <string>
#include <vector>

#include <linux/bpf.h>
#include <sys/types.h>

#include <spec/bundle_linux.hpp>

namespace berth::run::oci {

struct Cgroup {
    std::string path;  ///< of its directory; empty: none was made
    bool made = false; ///< it was not there before
};

/// Where linux.cgroupsPath has a scope of systemd: "slice:prefix:name".
struct ScopePlace {
    std::string slice; ///< "system.slice"
    std::string scope; ///< "prefix-name.scope"
};
/// Pure. Without a path: one named after the container in system.slice.
[[nodiscard]] ScopePlace scope_place(const std::string& cgroups_path, const std::string& id);
/// The cgroup below the hierarchy's top that linux.cgroupsPath names: "/a/b"; "slice:prefix:name"
/// as systemd lays them out; nothing: one named after the container. Pure.
[[nodiscard]] std::string cgroup_place(const std::string& cgroups_path, const std::string& id);

/// Whether anything but device rules is asked for.
[[nodiscard]] bool wants_limits(const spec::CgroupLimits& limits);

/// Makes that one. Where no hierarchy can be written, none is made, and limits are refused; one
/// that has processes is refused too.
[[nodiscard]] Cgroup make_cgroup(const spec::LinuxSection& section, const std::string& id);
/// Moves a process into it.
void enter_cgroup(const std::string& path, pid_t pid);

/// The kernel's default, in microseconds.
inline constexpr std::uint64_t kDefaultCpuPeriod = 100'000;
/// cpu.weight (1 to 10000) by the specification's shares (2 to 262144). Pure.
[[nodiscard]] std::uint64_t cpu_weight(std::uint64_t shares);
/// The limit of swap alone, UINT64_MAX: none; the specification counts memory and swap together.
/// InvalidArgument when the sum is below the memory. Pure.
[[nodiscard]] std::uint64_t swap_alone(const spec::CgroupLimits& limits);

/// Writes limits. Unsupported names a controller that is not there.
void apply_limits(const std::string& path, const spec::CgroupLimits& limits);

/// The program that answers for the device rules, always with the specification's default devices.
/// Pure.
[[nodiscard]] std::vector<bpf_insn> device_program(const std::vector<spec::DeviceRule>& rules);
/// Puts it on the cgroup, if there are rules.
void apply_device_rules(const std::string& path, const spec::CgroupLimits& limits);

void freeze(const std::string& path, bool frozen);
/// Those in it and below.
[[nodiscard]] std::vector<pid_t> processes(const std::string& path);
/// Kills all in it and below.
void kill_all(const std::string& path);
/// Removes it and what lies below; waits a moment for the dead to leave.
void remove_cgroup(const std::string& path);

} // namespace berth::run::oci
