// SPDX-License-Identifier: LGPL-2.1-or-later
// The cgroup of a container that no service manager made one for: cgroup v2, written directly.
// Source: the kernel's admin-guide/cgroup-v2.rst; OCI runtime-spec, config-linux.md.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include <base/fd.hpp>
#include <spec/bundle_linux.hpp>

namespace berth::run::oci {

struct Cgroup {
    std::string path; ///< of its directory; empty: none was made
    base::Fd fd;
};

/// Makes what linux.cgroupsPath names: "/a/b" below the hierarchy's top, "slice:prefix:name" as
/// systemd names them, nothing: one named after the container. Where no hierarchy can be written,
/// none is made, and limits are refused.
[[nodiscard]] Cgroup make_cgroup(const spec::LinuxSection& section, const std::string& id);

/// Writes limits. Unsupported names a controller that is not there.
void apply_limits(const std::string& path, const spec::CgroupLimits& limits);
/// The device rules, as a program of the cgroup.
void apply_device_rules(const Cgroup& cgroup, const spec::CgroupLimits& limits);

void freeze(const std::string& path, bool frozen);
[[nodiscard]] std::vector<pid_t> processes(const std::string& path);
/// Kills all in it and below.
void kill_all(const std::string& path);
/// Removes it and what lies below; waits a moment for the dead to leave.
void remove_cgroup(const std::string& path);

} // namespace berth::run::oci
