// SPDX-License-Identifier: LGPL-2.1-or-later
#include <nlohmann/json.hpp>

#include <container/bundle.hpp>
#include <container/inspect_parts.hpp>
#include <container/unit_settings.hpp>
#include <container/volumes.hpp>
#include <spec/bundle_defaults.hpp>
#include <spec/port_syntax.hpp>
#include <spec/resource_syntax.hpp>
#include <spec/signal.hpp>

namespace berth::container {

namespace {

using Json = nlohmann::json;

/// Docker writes null for a list that nobody gave.
Json list_or_null(const std::vector<std::string>& list) {
    return list.empty() ? Json() : Json(list);
}

Json set_of(const std::vector<std::string>& names) {
    Json set = Json::object();
    for (const auto& name : names)
        set[name] = Json::object();
    return set;
}

std::string bind_text(const spec::Mount& mount) {
    std::string text = mount.source + ":" + mount.target;
    std::vector<std::string> options;
    if (mount.read_only) options.emplace_back("ro");
    if (!mount.propagation.empty()) options.push_back(mount.propagation);
    for (std::size_t index = 0; index < options.size(); ++index)
        text += (index == 0 ? ":" : ",") + options[index];
    return text;
}

Json port_bindings(const spec::ContainerSpec& spec) {
    Json bindings = Json::object();
    for (const auto& port : spec.ports) {
        const std::string host = port.host_port == 0 ? "" : std::to_string(port.host_port);
        bindings[spec::port_name(port)].push_back(
            {{"HostIp", port.host_address}, {"HostPort", host}});
    }
    return bindings;
}

Json resources_json(const spec::Resources& resources) {
    return {{"CpuShares", resources.cpu_shares},
            {"Memory", resources.memory},
            {"NanoCpus", resources.nano_cpus},
            {"CgroupParent", ""},
            {"BlkioWeight", resources.blkio_weight},
            {"CpusetCpus", resources.cpuset_cpus},
            {"CpusetMems", resources.cpuset_mems},
            {"MemoryReservation", resources.memory_reservation},
            {"MemorySwap", resources.memory_swap},
            {"PidsLimit", resources.pids_limit},
            {"OomScoreAdj", resources.oom_score_adj},
            {"ShmSize", resources.shm_size}};
}

Json ulimits_json(const spec::ContainerSpec& spec) {
    Json list = Json::array();
    const auto value = [](std::uint64_t limit) -> Json {
        return limit == UINT64_MAX ? Json(-1) : Json(limit);
    };
    for (const auto& limit : spec.ulimits) {
        list.push_back(
            {{"Name", limit.name}, {"Soft", value(limit.soft)}, {"Hard", value(limit.hard)}});
    }
    return list;
}

Json devices_json(const spec::ContainerSpec& spec) {
    Json list = Json::array();
    for (const auto& device : spec.devices) {
        list.push_back({{"PathOnHost", device.host_path},
                        {"PathInContainer", device.container_path},
                        {"CgroupPermissions", device.permissions}});
    }
    return list;
}

Json security_json(const spec::ContainerSpec& spec) {
    std::vector<std::string> options;
    if (spec.no_new_privileges) options.emplace_back("no-new-privileges");
    if (!spec.seccomp.empty()) options.push_back("seccomp=" + spec.seccomp);
    if (spec.unmask_paths) options.emplace_back("systempaths=unconfined");
    return list_or_null(options);
}

void add_mounts(Json& host, const spec::ContainerSpec& spec) {
    std::vector<std::string> binds;
    Json tmpfs = Json::object();
    for (const auto& mount : spec.mounts) {
        if (mount.kind == spec::MountKind::Tmpfs) {
            std::string options;
            for (const auto& option : mount.options)
                options += (options.empty() ? "" : ",") + option;
            tmpfs[mount.target] = options;
        } else if (!mount.from_image) {
            binds.push_back(bind_text(mount));
        }
    }
    host["Binds"] = list_or_null(binds);
    if (!tmpfs.empty()) host["Tmpfs"] = tmpfs;
}

void add_isolation(Json& host, const spec::ContainerSpec& spec) {
    const bool open = spec.privileged || spec.unmask_paths;
    host["Privileged"] = spec.privileged;
    host["ReadonlyRootfs"] = spec.read_only;
    host["CapAdd"] = list_or_null(spec.cap_add);
    host["CapDrop"] = list_or_null(spec.cap_drop);
    host["SecurityOpt"] = security_json(spec);
    host["Devices"] = devices_json(spec);
    host["GroupAdd"] = list_or_null(spec.groups);
    host["IpcMode"] = spec.ipc_mode.empty() ? "private" : spec.ipc_mode;
    host["PidMode"] = spec.pid_mode;
    host["UTSMode"] = spec.uts_mode;
    host["UsernsMode"] = "";
    host["CgroupnsMode"] = spec.cgroupns;
    host["MaskedPaths"] = open ? Json() : Json(spec::default_masked_paths());
    host["ReadonlyPaths"] = open ? Json() : Json(spec::default_readonly_paths());
}

} // namespace

Json inspect_config(const store::ContainerRecord& record, const spec::ContainerSpec& spec) {
    Json volumes = Json::object();
    for (const auto& mount : spec.mounts) {
        if (mount.from_image) volumes[mount.target] = Json::object();
    }
    Json config{{"Hostname", host_name_of(record, spec)},
                {"Domainname", spec.domainname},
                {"User", spec.user},
                {"AttachStdin", spec.open_stdin},
                {"AttachStdout", true},
                {"AttachStderr", true},
                {"Tty", spec.tty},
                {"OpenStdin", spec.open_stdin},
                {"StdinOnce", spec.stdin_once},
                {"Env", spec.env},
                {"Cmd", list_or_null(spec.command)},
                {"Image", spec.image_ref},
                {"Volumes", volumes.empty() ? Json() : volumes},
                {"WorkingDir", spec.working_dir},
                {"Entrypoint", list_or_null(spec.entrypoint)},
                {"Labels", spec.labels}};
    if (!spec.exposed.empty()) config["ExposedPorts"] = set_of(spec.exposed);
    if (!spec.stop_signal.empty()) config["StopSignal"] = spec.stop_signal;
    if (spec.stop_timeout) config["StopTimeout"] = *spec.stop_timeout;
    return config;
}

Json inspect_host_config(const store::ContainerRecord& record, const spec::ContainerSpec& spec) {
    Json host = resources_json(spec.resources);
    host["CgroupParent"] = spec.cgroup_parent;
    host["NetworkMode"] = spec.network_mode;
    host["PortBindings"] = port_bindings(spec);
    host["PublishAllPorts"] = spec.publish_all;
    host["RestartPolicy"] = {{"Name", spec::restart_name(spec.restart.mode)},
                             {"MaximumRetryCount", spec.restart.max_retries}};
    host["AutoRemove"] = spec.auto_remove;
    host["LogConfig"] = {{"Type", spec.log_driver}, {"Config", Json::object()}};
    host["Dns"] = spec.dns;
    host["DnsOptions"] = spec.dns_options;
    host["DnsSearch"] = spec.dns_search;
    host["ExtraHosts"] = list_or_null(spec.extra_hosts);
    host["Links"] = list_or_null(spec.links);
    host["Ulimits"] = ulimits_json(spec);
    host["Init"] = spec.init;
    host["Sysctls"] = spec.sysctls;
    host["Annotations"] = spec.annotations;
    host["Runtime"] = "berth-run";
    host["StorageDriver"] = record.storage_driver;
    add_mounts(host, spec);
    add_isolation(host, spec);
    return host;
}

Json inspect_mounts(const spec::ContainerSpec& spec) {
    Json list = Json::array();
    for (const auto& mount : spec.mounts) {
        Json entry{{"Destination", mount.target},
                   {"Mode", mount.read_only ? "ro" : ""},
                   {"RW", !mount.read_only},
                   {"Propagation", ""}};
        if (mount.kind == spec::MountKind::Volume) {
            entry["Type"] = "volume";
            entry["Name"] = mount.source;
            entry["Source"] = volume_data(mount.source);
            entry["Driver"] = "local";
        } else if (mount.kind == spec::MountKind::Bind) {
            entry["Type"] = "bind";
            entry["Source"] = mount.source;
            entry["Propagation"] = mount.propagation.empty() ? "rprivate" : mount.propagation;
        } else {
            entry["Type"] = "tmpfs";
            entry["Source"] = "";
        }
        list.push_back(std::move(entry));
    }
    return list;
}

} // namespace berth::container
