// SPDX-License-Identifier: LGPL-2.1-or-later
// The "linux" part of an OCI bundle's config.json. Names follow the specification's. Numbers that
// the specification calls optional are std::optional: absent and 0 differ.
// Source: OCI runtime-spec 1.2, config-linux.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace berth::spec {

enum class NamespaceType { Pid, Network, Mount, Ipc, Uts, User, Cgroup, Time };

struct Namespace {
    NamespaceType type = NamespaceType::Mount;
    std::string path; ///< of one to join; empty: a new one
};

struct IdMapping {
    std::uint32_t container_id = 0;
    std::uint32_t host_id = 0;
    std::uint32_t size = 0;
};

struct BundleDevice {
    std::string path; ///< in the container, absolute
    char type = 'c';  ///< 'c' (or 'u'), 'b', 'p'
    std::int64_t major = 0;
    std::int64_t minor = 0;
    mode_t mode = 0666;
    uid_t uid = 0;
    gid_t gid = 0;
};

/// One rule of the device cgroup, in order; the last that matches counts.
struct DeviceRule {
    bool allow = false;
    char type = 'a';                   ///< 'a' all, 'c', 'b'
    std::optional<std::int64_t> major; ///< absent: every one
    std::optional<std::int64_t> minor;
    std::string access = "rwm";
};

/// A line of io.max: how much a second of one block device.
struct IoThrottle {
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::string kind; ///< "rbps", "wbps", "riops", "wiops"
    std::uint64_t rate = 0;
};

struct IoWeight {
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::uint16_t weight = 0;
};

/// What the cgroup is to hold the container to. Only berth-oci applies it: a unit's container gets
/// its limits from systemd.
struct CgroupLimits {
    std::vector<DeviceRule> devices;
    std::optional<std::int64_t> memory_limit; ///< bytes; -1: none, here and below
    std::optional<std::int64_t> memory_reservation;
    std::optional<std::int64_t> memory_swap; ///< memory and swap together
    std::optional<std::uint64_t> cpu_shares;
    std::optional<std::int64_t> cpu_quota; ///< microseconds a period
    std::optional<std::uint64_t> cpu_period;
    std::optional<std::uint64_t> cpu_burst;
    std::optional<std::int64_t> cpu_idle;
    std::string cpus;
    std::string mems;
    std::optional<std::int64_t> pids_limit;
    std::optional<std::uint16_t> block_io_weight;
    std::vector<IoWeight> io_weights;
    std::vector<IoThrottle> io_throttles;
    std::map<std::string, std::uint64_t> hugepage_limits; ///< "2MB" -> bytes
    std::map<std::string, std::string> rdma;              ///< device -> "hca_handle=2 hca_object=3"
    std::map<std::string, std::string> unified;           ///< cgroup v2 file -> content
    /// What was asked for and cgroup v2 has no counterpart of: "memory.swappiness".
    std::vector<std::string> unsupported;
};

struct SeccompArg {
    std::uint32_t index = 0;
    std::uint64_t value = 0;
    std::uint64_t value_two = 0;
    std::string op; ///< "SCMP_CMP_EQ"
};

struct SeccompRule {
    std::vector<std::string> names;
    std::string action; ///< "SCMP_ACT_ALLOW"
    std::optional<std::uint32_t> errno_ret;
    std::vector<SeccompArg> args;
};

struct SeccompPolicy {
    std::string default_action;
    std::optional<std::uint32_t> default_errno_ret;
    std::vector<std::string> architectures; ///< "SCMP_ARCH_X86_64"; empty: the native one
    std::vector<std::string> flags;         ///< "SECCOMP_FILTER_FLAG_LOG"
    std::string listener_path;
    std::string listener_metadata;
    std::vector<SeccompRule> rules;
};

struct TimeOffset {
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;
};

struct LinuxSection {
    std::vector<Namespace> namespaces;
    std::vector<IdMapping> uid_mappings;
    std::vector<IdMapping> gid_mappings;
    std::map<std::string, TimeOffset> time_offsets; ///< "monotonic", "boottime"
    std::vector<BundleDevice> devices;
    std::string cgroups_path;
    CgroupLimits limits;
    bool has_limits = false; ///< "resources" was there
    std::string rootfs_propagation;
    std::optional<SeccompPolicy> seccomp;
    std::map<std::string, std::string> sysctl;
    std::vector<std::string> masked_paths;
    std::vector<std::string> readonly_paths;
    std::string mount_label;
    std::string personality_domain; ///< "LINUX", "LINUX32", or empty
    bool has_intel_rdt = false;     ///< "intelRdt" was there; nothing of it is read

    /// The namespace of that type, or nullptr: the runtime's own is used.
    [[nodiscard]] const Namespace* find(NamespaceType type) const noexcept;
};

} // namespace berth::spec
