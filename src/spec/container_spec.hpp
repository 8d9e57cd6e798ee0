// SPDX-License-Identifier: LGPL-2.1-or-later
// What a container is to be: the request of its user, parsed and validated, merged with its image's
// configuration (container_config.hpp). Kept as JSON in the container's record; turned into an OCI
// bundle by container/bundle. Pure data.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <berth/network.hpp>

namespace berth::spec {

enum class MountKind { Bind, Volume, Tmpfs };

struct Mount {
    MountKind kind = MountKind::Bind;
    std::string source; ///< host path, volume name (empty: anonymous), or nothing
    std::string target; ///< absolute, cleaned
    bool read_only = false;
    bool no_copy = false;       ///< leave an empty volume empty
    bool create_source = false; ///< -v: a missing host directory is made; --mount: it is an error
    bool non_recursive = false; ///< leave out what is mounted below the source
    bool from_image = false;    ///< a VOLUME of the image
    std::string propagation;    ///< rprivate (default), private, rslave, slave, rshared, shared
    std::vector<std::string> options; ///< tmpfs: "size=..", "mode=.."
};

struct VolumesFrom {
    std::string container; ///< id or name
    bool read_only = false;
};

struct Resources {
    std::uint64_t memory = 0;     ///< bytes; 0: no limit, here and below
    std::int64_t memory_swap = 0; ///< memory plus swap; -1: unlimited swap
    std::uint64_t memory_reservation = 0;
    std::uint64_t nano_cpus = 0; ///< 1e9 is one processor
    std::uint64_t cpu_shares = 0;
    std::string cpuset_cpus;
    std::string cpuset_mems;
    std::int64_t pids_limit = 0; ///< -1: unlimited
    std::uint64_t blkio_weight = 0;
    std::uint64_t shm_size = 64U << 20U;
    std::int64_t oom_score_adj = 0;
};

struct Ulimit {
    std::string name; ///< "nofile"
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

struct Device {
    std::string host_path;
    std::string container_path;
    std::string permissions = "rwm";
};

enum class RestartMode { No, OnFailure, Always, UnlessStopped };

struct RestartPolicy {
    RestartMode mode = RestartMode::No;
    unsigned max_retries = 0; ///< on-failure only; 0: no bound
};

struct ContainerSpec {
    std::string image_ref; ///< as the user typed it
    std::string image_id;  ///< digest of the image's configuration

    std::vector<std::string> entrypoint; ///< merged with the image
    std::vector<std::string> command;    ///< merged with the image; argv is entrypoint + command
    std::vector<std::string> env;        ///< "K=V", merged with the image, PATH always set
    std::string working_dir;             ///< absolute; empty: "/"
    std::string user;                    ///< "name[:group]" or numbers; empty: root
    std::vector<std::string> groups;     ///< --group-add
    std::string hostname;                ///< empty: the first 12 digits of the id
    std::string domainname;
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> annotations;
    bool tty = false;
    bool open_stdin = false;
    bool stdin_once = false;

    std::vector<Mount> mounts;
    std::vector<VolumesFrom> volumes_from; ///< resolved into `mounts` at creation
    bool read_only = false;

    Resources resources;
    std::vector<Ulimit> ulimits;
    std::map<std::string, std::string> sysctls;
    std::vector<Device> devices;

    std::vector<std::string> cap_add; ///< "CAP_NET_ADMIN", or "ALL"
    std::vector<std::string> cap_drop;
    bool privileged = false;
    bool no_new_privileges = false;
    bool unmask_paths = false; ///< systempaths=unconfined: nothing masked or read-only in /proc
    std::string seccomp; ///< empty: the default filter; "unconfined"; else a profile as JSON text

    std::string pid_mode;             ///< "", "host", "container:<id>"
    std::string ipc_mode;             ///< "", "host", "container:<id>", "none"
    std::string uts_mode;             ///< "", "host"
    std::string cgroupns = "private"; ///< "private", "host"
    std::string cgroup_parent;        ///< a slice; empty: berth.slice

    std::string network_mode =
        "default"; ///< "default", "bridge", "host", "none", "container:<id>", name
    std::vector<std::string> network_aliases;
    std::string ip;
    std::string ip6;
    std::string mac_address;
    std::vector<PublishedPort> ports; ///< host_port 0: a free one is chosen at each start
    std::vector<std::string> exposed; ///< "80/tcp", with the image's
    bool publish_all = false;
    std::vector<std::string> links; ///< "container:alias", names; see link_syntax.hpp
    std::vector<std::string> dns;
    std::vector<std::string> dns_search;
    std::vector<std::string> dns_options;
    std::vector<std::string> extra_hosts; ///< "name:address"

    bool init = false;
    bool auto_remove = false;
    RestartPolicy restart;
    std::string stop_signal;              ///< "SIGTERM", or the image's; empty: SIGTERM
    std::optional<unsigned> stop_timeout; ///< seconds; empty: 10
    std::string log_driver = "journald";  ///< or "none"
};

/// As kept in the record, JSON. parse throws Corrupt for what dump did not write.
[[nodiscard]] std::string dump_container_spec(const ContainerSpec& spec);
[[nodiscard]] ContainerSpec parse_container_spec(std::string_view json);

} // namespace berth::spec
