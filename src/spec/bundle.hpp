// SPDX-License-Identifier: LGPL-2.1-or-later
// An OCI bundle's config.json as values: what berth-run and berth-oci execute, and what the engine
// writes for each container. Pure: text in, values out. Read with bounds; a wrong type, an
// impossible value or a missing required field is an error that names the field; unknown
// properties are ignored, as the specification demands.
// Source: OCI runtime-spec 1.2, config.md; the annotations are berth's own (see below).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include <spec/bundle_linux.hpp>

namespace berth::spec {

/// The version of the specification that berth implements.
inline constexpr const char* kOciVersion = "1.2.0";
/// The largest config.json that is read.
inline constexpr std::size_t kBundleLimit = 4U << 20U;

// Annotations: what a berth container has and the specification lacks. All values are strings; a
// flag is "1" or absent.
inline constexpr const char* kAnnotationId = "org.berth1.id";
inline constexpr const char* kAnnotationName = "org.berth1.name";
inline constexpr const char* kAnnotationImage = "org.berth1.image";
inline constexpr const char* kAnnotationStorage = "org.berth1.storage"; ///< driver
inline constexpr const char* kAnnotationLayer = "org.berth1.layer"; ///< its mount plan is the root
/// "", name, uid, uid:gid, name:group: resolved in the root file system; process.user is 0:0 then.
inline constexpr const char* kAnnotationUser = "org.berth1.user";
inline constexpr const char* kAnnotationGroups = "org.berth1.groups"; ///< JSON array of strings
/// {"mode": "bridge|host|none|container:<id>|<name>",
///  "networks": [{"config": NetworkConfig, "endpoint": Endpoint}]}, see bundle_network.hpp.
inline constexpr const char* kAnnotationNetwork = "org.berth1.network";
inline constexpr const char* kAnnotationAliases = "org.berth1.aliases"; ///< words: further names
/// Words "container:alias": names for its own eyes.
inline constexpr const char* kAnnotationLinks = "org.berth1.links";
/// "1": hosts, hostname and resolv.conf of the container's directory are bound into /etc.
inline constexpr const char* kAnnotationHostsFiles = "org.berth1.hosts-files";
inline constexpr const char* kAnnotationInit = "org.berth1.init"; ///< "1": PID 1 is berth-init
inline constexpr const char* kAnnotationPrivileged = "org.berth1.privileged";
inline constexpr const char* kAnnotationAutoRemove = "org.berth1.auto-remove";
inline constexpr const char* kAnnotationOpenStdin = "org.berth1.open-stdin";
inline constexpr const char* kAnnotationDetached = "org.berth1.detached";
/// JSON array of destinations: an empty volume there first gets what the image has there.
inline constexpr const char* kAnnotationCopyUp = "org.berth1.copy-up";
/// "1": a missing working directory is made, owned by the container's user.
inline constexpr const char* kAnnotationWorkdirCreate = "org.berth1.workdir-create";

struct Rlimit {
    std::string type; ///< "RLIMIT_NOFILE"
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

struct CapabilitySets {
    std::vector<std::string> bounding; ///< "CAP_CHOWN"
    std::vector<std::string> effective;
    std::vector<std::string> inheritable;
    std::vector<std::string> permitted;
    std::vector<std::string> ambient;
};

struct BundleUser {
    uid_t uid = 0;
    gid_t gid = 0;
    std::optional<mode_t> umask;
    std::vector<gid_t> additional_gids;
};

struct Scheduler {
    std::string policy; ///< "SCHED_OTHER"
    std::int32_t nice = 0;
    std::int32_t priority = 0;
    std::vector<std::string> flags; ///< "SCHED_FLAG_RESET_ON_FORK"
    std::uint64_t runtime = 0;      ///< nanoseconds, SCHED_DEADLINE only, here and below
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
};

struct IoPriority {
    std::string priority_class; ///< "IOPRIO_CLASS_BE"
    std::int32_t priority = 0;
};

/// Lists of processors, "0-3,7", of a process that joins a container.
struct CpuAffinity {
    std::string initial; ///< before it is in the container's cgroup
    std::string final;   ///< from then on
};

struct Process {
    bool terminal = false;
    std::uint16_t console_height = 0; ///< 0: not given
    std::uint16_t console_width = 0;
    BundleUser user;
    std::vector<std::string> args;
    std::vector<std::string> env; ///< "K=V"
    std::string cwd = "/";
    std::vector<Rlimit> rlimits;
    std::optional<CapabilitySets> capabilities; ///< absent: berth-run keeps its own
    bool no_new_privileges = false;
    std::optional<int> oom_score_adj;
    std::string apparmor_profile;
    std::string selinux_label;
    std::optional<Scheduler> scheduler;
    std::optional<IoPriority> io_priority;
    std::optional<CpuAffinity> exec_cpu_affinity;
};

struct BundleMount {
    std::string destination; ///< absolute in the container
    std::string type;        ///< "bind", "tmpfs", "proc", ...
    std::string source;
    std::vector<std::string> options;
    std::vector<IdMapping> uid_mappings;
    std::vector<IdMapping> gid_mappings;
};

struct Hook {
    std::string path;
    std::vector<std::string> args; ///< with argv[0]; empty: the path alone
    std::vector<std::string> env;
    std::optional<unsigned> timeout; ///< seconds
};

struct Hooks {
    std::vector<Hook> prestart;
    std::vector<Hook> create_runtime;
    std::vector<Hook> create_container;
    std::vector<Hook> start_container;
    std::vector<Hook> poststart;
    std::vector<Hook> poststop;
};

struct Bundle {
    std::string oci_version = kOciVersion;
    std::string root_path; ///< relative to the bundle's directory, or absolute; empty with a layer
    bool root_readonly = false;
    std::optional<Process> process; ///< absent: `create` works, `start` does not
    std::string hostname;
    std::string domainname;
    std::vector<BundleMount> mounts;
    Hooks hooks;
    std::map<std::string, std::string> annotations;
    LinuxSection lnx;

    /// The annotation's value, or "".
    [[nodiscard]] std::string annotation(const std::string& key) const;
    /// Is the annotation "1".
    [[nodiscard]] bool flag(const std::string& key) const { return annotation(key) == "1"; }
};

/// Parses config.json; throws InvalidArgument naming the field ("config.json: process.cwd: must be
/// absolute").
[[nodiscard]] Bundle parse_bundle(std::string_view json);
/// Parses what `exec --process` and the specification's process object hold.
[[nodiscard]] Process parse_process(std::string_view json);
/// Parses what `update --resources` and the specification's linux.resources hold.
[[nodiscard]] CgroupLimits parse_resources(std::string_view json);
/// Writes it with the specification's field names; parse_bundle() reads it back equal.
[[nodiscard]] std::string dump_bundle(const Bundle& bundle);

} // namespace berth::spec
