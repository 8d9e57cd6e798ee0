// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_spec.hpp"

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <berth/error.hpp>

template <>
struct nlohmann::adl_serializer<std::optional<unsigned>> {
    static void to_json(nlohmann::json& json, const std::optional<unsigned>& value) {
        json = value ? nlohmann::json(*value) : nlohmann::json();
    }
    static void from_json(const nlohmann::json& json, std::optional<unsigned>& value) {
        value.reset();
        if (!json.is_null()) value = json.get<unsigned>();
    }
};

namespace berth {

NLOHMANN_JSON_SERIALIZE_ENUM(PortProtocol, {{PortProtocol::Tcp, "tcp"},
                                            {PortProtocol::Udp, "udp"},
                                            {PortProtocol::Sctp, "sctp"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PublishedPort, host_address, host_port,
                                                container_port, protocol)

} // namespace berth

namespace berth::spec {

NLOHMANN_JSON_SERIALIZE_ENUM(MountKind, {{MountKind::Bind, "bind"},
                                         {MountKind::Volume, "volume"},
                                         {MountKind::Tmpfs, "tmpfs"}})
NLOHMANN_JSON_SERIALIZE_ENUM(RestartMode, {{RestartMode::No, "no"},
                                           {RestartMode::OnFailure, "on-failure"},
                                           {RestartMode::Always, "always"},
                                           {RestartMode::UnlessStopped, "unless-stopped"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Mount, kind, source, target, read_only, no_copy,
                                                create_source, non_recursive, from_image,
                                                propagation, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(VolumesFrom, container, read_only)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Resources, memory, memory_swap, memory_reservation,
                                                nano_cpus, cpu_shares, cpuset_cpus, cpuset_mems,
                                                pids_limit, blkio_weight, shm_size, oom_score_adj)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Ulimit, name, soft, hard)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Device, host_path, container_path, permissions)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RestartPolicy, mode, max_retries)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    ContainerSpec, image_ref, image_id, entrypoint, command, env, working_dir, user, groups,
    hostname, domainname, labels, annotations, tty, open_stdin, stdin_once, mounts, volumes_from,
    read_only, resources, ulimits, sysctls, devices, cap_add, cap_drop, privileged,
    no_new_privileges, unmask_paths, seccomp, pid_mode, ipc_mode, uts_mode, cgroupns, cgroup_parent,
    network_mode, network_aliases, ip, ip6, mac_address, ports, exposed, publish_all, links, dns,
    dns_search, dns_options, extra_hosts, init, auto_remove, restart, stop_signal, stop_timeout,
    log_driver)

namespace {

/// A specification has at most 4096 entries of 128 KiB in any list; records stay far below.
constexpr std::size_t kRecordLimit = 64U << 20U;

} // namespace

std::string dump_container_spec(const ContainerSpec& spec) {
    // Paths and variables may be any bytes; what is not UTF-8 can't be kept and must be refused
    // before it gets here.
    try {
        return nlohmann::json(spec).dump();
    } catch (const nlohmann::json::exception&) {
        throw Error(ErrorCode::InvalidArgument,
                    "the container's configuration holds text that is not UTF-8");
    }
}

ContainerSpec parse_container_spec(std::string_view json) {
    try {
        return base::parse_json(json, kRecordLimit, "the record of a container")
            .get<ContainerSpec>();
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorCode::Corrupt,
                    std::string("the record of a container is damaged: ") + error.what());
    }
}

} // namespace berth::spec
