// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bundle.hpp"

#include <array>
#include <map>

#include <nlohmann/json.hpp>

namespace berth::spec {

namespace {

using Json = nlohmann::json;

constexpr std::array<const char*, 8> kNamespaceNames{"pid", "network", "mount",  "ipc",
                                                     "uts", "user",    "cgroup", "time"};

template <class Value>
void put(Json& object, const char* key, const Value& value) {
    if (!value.empty()) object[key] = value;
}

template <class Value>
void put_number(Json& object, const char* key, const std::optional<Value>& value) {
    if (value) object[key] = *value;
}

/// A sub-object only if there is something in it.
void put_object(Json& object, const char* key, Json value) {
    if (!value.empty()) object[key] = std::move(value);
}

Json mappings_json(const std::vector<IdMapping>& mappings) {
    Json list = Json::array();
    for (const auto& item : mappings) {
        list.push_back(
            {{"containerID", item.container_id}, {"hostID", item.host_id}, {"size", item.size}});
    }
    return list;
}

Json user_json(const BundleUser& user) {
    Json json{{"uid", user.uid}, {"gid", user.gid}};
    put_number(json, "umask", user.umask);
    put(json, "additionalGids", user.additional_gids);
    return json;
}

Json capabilities_json(const CapabilitySets& sets) {
    return {{"bounding", sets.bounding},
            {"effective", sets.effective},
            {"inheritable", sets.inheritable},
            {"permitted", sets.permitted},
            {"ambient", sets.ambient}};
}

Json scheduler_json(const Scheduler& scheduler) {
    return {{"policy", scheduler.policy},     {"nice", scheduler.nice},
            {"priority", scheduler.priority}, {"flags", scheduler.flags},
            {"runtime", scheduler.runtime},   {"deadline", scheduler.deadline},
            {"period", scheduler.period}};
}

Json process_json(const Process& process) {
    Json json{{"user", user_json(process.user)}, {"args", process.args}, {"cwd", process.cwd}};
    if (process.terminal) json["terminal"] = true;
    if (process.console_height != 0 || process.console_width != 0) {
        json["consoleSize"] = {{"height", process.console_height},
                               {"width", process.console_width}};
    }
    put(json, "env", process.env);
    if (process.capabilities) json["capabilities"] = capabilities_json(*process.capabilities);
    for (const auto& limit : process.rlimits) {
        json["rlimits"].push_back(
            {{"type", limit.type}, {"soft", limit.soft}, {"hard", limit.hard}});
    }
    if (process.no_new_privileges) json["noNewPrivileges"] = true;
    put_number(json, "oomScoreAdj", process.oom_score_adj);
    put(json, "apparmorProfile", process.apparmor_profile);
    put(json, "selinuxLabel", process.selinux_label);
    if (process.scheduler) json["scheduler"] = scheduler_json(*process.scheduler);
    if (process.io_priority) {
        json["ioPriority"] = {{"class", process.io_priority->priority_class},
                              {"priority", process.io_priority->priority}};
    }
    if (const auto& affinity = process.exec_cpu_affinity) {
        put(json["execCPUAffinity"], "initial", affinity->initial);
        put(json["execCPUAffinity"], "final", affinity->final);
    }
    return json;
}

Json mounts_json(const std::vector<BundleMount>& mounts) {
    Json list = Json::array();
    for (const auto& mount : mounts) {
        Json json{{"destination", mount.destination}};
        put(json, "type", mount.type);
        put(json, "source", mount.source);
        put(json, "options", mount.options);
        put_object(json, "uidMappings", mappings_json(mount.uid_mappings));
        put_object(json, "gidMappings", mappings_json(mount.gid_mappings));
        list.push_back(std::move(json));
    }
    return list;
}

Json hooks_json(const std::vector<Hook>& hooks) {
    Json list = Json::array();
    for (const auto& hook : hooks) {
        Json json{{"path", hook.path}};
        put(json, "args", hook.args);
        put(json, "env", hook.env);
        put_number(json, "timeout", hook.timeout);
        list.push_back(std::move(json));
    }
    return list;
}

Json all_hooks_json(const Hooks& hooks) {
    Json json = Json::object();
    put_object(json, "prestart", hooks_json(hooks.prestart));
    put_object(json, "createRuntime", hooks_json(hooks.create_runtime));
    put_object(json, "createContainer", hooks_json(hooks.create_container));
    put_object(json, "startContainer", hooks_json(hooks.start_container));
    put_object(json, "poststart", hooks_json(hooks.poststart));
    put_object(json, "poststop", hooks_json(hooks.poststop));
    return json;
}

Json device_rules_json(const std::vector<DeviceRule>& rules) {
    Json list = Json::array();
    for (const auto& rule : rules) {
        Json json{{"allow", rule.allow}, {"access", rule.access}};
        if (rule.type != 'a') json["type"] = std::string(1, rule.type);
        put_number(json, "major", rule.major);
        put_number(json, "minor", rule.minor);
        list.push_back(std::move(json));
    }
    return list;
}

Json cpu_json(const CgroupLimits& limits) {
    Json json = Json::object();
    put_number(json, "shares", limits.cpu_shares);
    put_number(json, "quota", limits.cpu_quota);
    put_number(json, "period", limits.cpu_period);
    put_number(json, "burst", limits.cpu_burst);
    put_number(json, "idle", limits.cpu_idle);
    put(json, "cpus", limits.cpus);
    put(json, "mems", limits.mems);
    return json;
}

Json block_io_json(const CgroupLimits& limits) {
    static const std::map<std::string, const char*> kThrottles{
        {"rbps", "throttleReadBpsDevice"},
        {"wbps", "throttleWriteBpsDevice"},
        {"riops", "throttleReadIOPSDevice"},
        {"wiops", "throttleWriteIOPSDevice"}};
    Json json = Json::object();
    put_number(json, "weight", limits.block_io_weight);
    for (const auto& item : limits.io_weights) {
        json["weightDevice"].push_back(
            {{"major", item.major}, {"minor", item.minor}, {"weight", item.weight}});
    }
    for (const auto& item : limits.io_throttles) {
        json[kThrottles.at(item.kind)].push_back(
            {{"major", item.major}, {"minor", item.minor}, {"rate", item.rate}});
    }
    return json;
}

Json limits_json(const CgroupLimits& limits) {
    Json json = Json::object();
    put_object(json, "devices", device_rules_json(limits.devices));
    Json memory = Json::object();
    put_number(memory, "limit", limits.memory_limit);
    put_number(memory, "reservation", limits.memory_reservation);
    put_number(memory, "swap", limits.memory_swap);
    put_object(json, "memory", std::move(memory));
    put_object(json, "cpu", cpu_json(limits));
    if (limits.pids_limit) json["pids"] = {{"limit", *limits.pids_limit}};
    put_object(json, "blockIO", block_io_json(limits));
    for (const auto& [size, limit] : limits.hugepage_limits) {
        json["hugepageLimits"].push_back({{"pageSize", size}, {"limit", limit}});
    }
    put(json, "unified", limits.unified);
    return json;
}

Json seccomp_json(const SeccompPolicy& policy) {
    Json json{{"defaultAction", policy.default_action}};
    put_number(json, "defaultErrnoRet", policy.default_errno_ret);
    put(json, "architectures", policy.architectures);
    put(json, "flags", policy.flags);
    put(json, "listenerPath", policy.listener_path);
    put(json, "listenerMetadata", policy.listener_metadata);
    for (const auto& rule : policy.rules) {
        Json item{{"names", rule.names}, {"action", rule.action}};
        put_number(item, "errnoRet", rule.errno_ret);
        for (const auto& arg : rule.args) {
            item["args"].push_back({{"index", arg.index},
                                    {"value", arg.value},
                                    {"valueTwo", arg.value_two},
                                    {"op", arg.op}});
        }
        json["syscalls"].push_back(std::move(item));
    }
    return json;
}

Json devices_json(const std::vector<BundleDevice>& devices) {
    Json list = Json::array();
    for (const auto& device : devices) {
        Json json{{"path", device.path},
                  {"type", std::string(1, device.type)},
                  {"fileMode", device.mode},
                  {"uid", device.uid},
                  {"gid", device.gid}};
        if (device.type != 'p') {
            json["major"] = device.major;
            json["minor"] = device.minor;
        }
        list.push_back(std::move(json));
    }
    return list;
}

Json namespaces_json(const std::vector<Namespace>& namespaces) {
    Json list = Json::array();
    for (const auto& space : namespaces) {
        Json json{{"type", kNamespaceNames.at(static_cast<std::size_t>(space.type))}};
        put(json, "path", space.path);
        list.push_back(std::move(json));
    }
    return list;
}

Json linux_json(const LinuxSection& section) {
    Json json = Json::object();
    put_object(json, "namespaces", namespaces_json(section.namespaces));
    put_object(json, "uidMappings", mappings_json(section.uid_mappings));
    put_object(json, "gidMappings", mappings_json(section.gid_mappings));
    for (const auto& [clock, offset] : section.time_offsets) {
        json["timeOffsets"][clock] = {{"secs", offset.seconds}, {"nanosecs", offset.nanoseconds}};
    }
    put_object(json, "devices", devices_json(section.devices));
    put(json, "cgroupsPath", section.cgroups_path);
    if (section.has_limits) json["resources"] = limits_json(section.limits);
    put(json, "rootfsPropagation", section.rootfs_propagation);
    if (section.seccomp) json["seccomp"] = seccomp_json(*section.seccomp);
    put(json, "sysctl", section.sysctl);
    put(json, "maskedPaths", section.masked_paths);
    put(json, "readonlyPaths", section.readonly_paths);
    put(json, "mountLabel", section.mount_label);
    if (!section.personality_domain.empty()) {
        json["personality"] = {{"domain", section.personality_domain}};
    }
    return json;
}

} // namespace

std::string dump_bundle(const Bundle& bundle) {
    Json json{{"ociVersion", bundle.oci_version},
              {"root", {{"path", bundle.root_path}, {"readonly", bundle.root_readonly}}}};
    if (bundle.process) json["process"] = process_json(*bundle.process);
    put(json, "hostname", bundle.hostname);
    put(json, "domainname", bundle.domainname);
    put_object(json, "mounts", mounts_json(bundle.mounts));
    put_object(json, "hooks", all_hooks_json(bundle.hooks));
    put(json, "annotations", bundle.annotations);
    put_object(json, "linux", linux_json(bundle.lnx));
    return json.dump(1, '\t', false, Json::error_handler_t::replace);
}

} // namespace berth::spec
