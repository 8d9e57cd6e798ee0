// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bundle_linux.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include <spec/bundle_parse.hpp>

namespace berth::spec {

namespace {

constexpr std::array<std::pair<const char*, NamespaceType>, 8> kNamespaces{{
    {"pid", NamespaceType::Pid},
    {"network", NamespaceType::Network},
    {"mount", NamespaceType::Mount},
    {"ipc", NamespaceType::Ipc},
    {"uts", NamespaceType::Uts},
    {"user", NamespaceType::User},
    {"cgroup", NamespaceType::Cgroup},
    {"time", NamespaceType::Time},
}};

void read_namespaces(const Reader& reader, LinuxSection& section) {
    reader.each_object("namespaces", [&](const Reader& item) {
        const auto name = item.required_text("type");
        const auto* type = std::find_if(kNamespaces.begin(), kNamespaces.end(),
                                        [&](const auto& known) { return name == known.first; });
        if (type == kNamespaces.end()) item.fail("type", "'" + name + "' is not a namespace");
        if (section.find(type->second) != nullptr)
            item.fail("type", "'" + name + "' is there twice");
        Namespace space{type->second, item.text("path")};
        if (!space.path.empty() && space.path.front() != '/') {
            item.fail("path", "must be an absolute path");
        }
        section.namespaces.push_back(std::move(space));
    });
}

BundleDevice read_device(const Reader& item) {
    BundleDevice device;
    device.path = item.required_text("path");
    if (device.path.empty() || device.path.front() != '/') item.fail("path", "must be absolute");
    const auto type = item.required_text("type");
    if (type != "c" && type != "u" && type != "b" && type != "p") {
        item.fail("type", "must be c, u, b or p");
    }
    device.type = type == "u" ? 'c' : type.front();
    if (type != "p") {
        device.major = static_cast<std::int64_t>(item.required_number("major", 0xfff));
        device.minor = static_cast<std::int64_t>(item.required_number("minor", 0xfffff));
    }
    device.mode = static_cast<mode_t>(item.number("fileMode", 07777).value_or(0666));
    device.uid = static_cast<uid_t>(item.number("uid", INT32_MAX).value_or(0));
    device.gid = static_cast<gid_t>(item.number("gid", INT32_MAX).value_or(0));
    return device;
}

DeviceRule read_device_rule(const Reader& item) {
    DeviceRule rule;
    rule.allow = item.boolean("allow");
    const auto type = item.text("type", "a");
    if (type != "a" && type != "c" && type != "b") item.fail("type", "must be a, b or c");
    rule.type = type.front();
    rule.major = item.signed_number("major", -1, 0xfff);
    rule.minor = item.signed_number("minor", -1, 0xfffff);
    if (rule.major == -1) rule.major.reset();
    if (rule.minor == -1) rule.minor.reset();
    rule.access = item.text("access", "rwm");
    if (rule.access.find_first_not_of("rwm") != std::string::npos) {
        item.fail("access", "must be made of r, w and m");
    }
    return rule;
}

void read_time_offsets(const Reader& reader, LinuxSection& section) {
    reader.each_member("timeOffsets", [&](const std::string& clock, const Reader& item) {
        if (clock != "monotonic" && clock != "boottime") {
            reader.fail("timeOffsets", "knows monotonic and boottime only");
        }
        section.time_offsets[clock] = {
            item.signed_number("secs").value_or(0),
            static_cast<std::uint32_t>(item.number("nanosecs", 999999999).value_or(0))};
    });
}

/// Remembers a number other than 0, or a true, that nothing can be done with.
void read_unsupported(const Reader& reader, const std::string& section,
                      const std::vector<const char*>& numbers, CgroupLimits& limits) {
    for (const char* name : numbers) {
        if (reader.signed_number(name).value_or(0) != 0) {
            limits.unsupported.push_back(section + "." + name);
        }
    }
}

void read_memory(const Reader& reader, CgroupLimits& limits) {
    const auto memory = reader.object("memory");
    if (!memory) return;
    // memory.kernel is ignored: Linux has no such limit of its own any more.
    read_unsupported(*memory, "memory", {"kernelTCP", "swappiness"}, limits);
    if (memory->boolean("disableOOMKiller")) {
        limits.unsupported.emplace_back("memory.disableOOMKiller");
    }
    limits.memory_limit = memory->signed_number("limit", -1);
    limits.memory_reservation = memory->signed_number("reservation", -1);
    limits.memory_swap = memory->signed_number("swap", -1);
}

void read_cpu(const Reader& reader, CgroupLimits& limits) {
    const auto cpu = reader.object("cpu");
    if (!cpu) return;
    limits.cpu_shares = cpu->number("shares");
    limits.cpu_quota = cpu->signed_number("quota");
    limits.cpu_period = cpu->number("period");
    limits.cpu_burst = cpu->number("burst");
    limits.cpu_idle = cpu->signed_number("idle", 0, 1);
    read_unsupported(*cpu, "cpu", {"realtimeRuntime", "realtimePeriod"}, limits);
    limits.cpus = cpu->text("cpus");
    limits.mems = cpu->text("mems");
}

std::uint16_t weight_of(const Reader& reader, const char* key) {
    return static_cast<std::uint16_t>(reader.number(key, 1000).value_or(0));
}

std::int64_t device_number(const Reader& item, const char* key, std::uint64_t limit) {
    return static_cast<std::int64_t>(item.required_number(key, limit));
}

void read_block_io(const Reader& reader, CgroupLimits& limits) {
    const auto io = reader.object("blockIO");
    if (!io) return;
    if (io->has("weight")) limits.block_io_weight = weight_of(*io, "weight");
    read_unsupported(*io, "blockIO", {"leafWeight"}, limits);
    io->each_object("weightDevice", [&](const Reader& item) {
        read_unsupported(item, "blockIO.weightDevice", {"leafWeight"}, limits);
        limits.io_weights.push_back({device_number(item, "major", 0xfff),
                                     device_number(item, "minor", 0xfffff),
                                     weight_of(item, "weight")});
    });
    constexpr std::array<std::pair<const char*, const char*>, 4> kThrottles{
        {{"throttleReadBpsDevice", "rbps"},
         {"throttleWriteBpsDevice", "wbps"},
         {"throttleReadIOPSDevice", "riops"},
         {"throttleWriteIOPSDevice", "wiops"}}};
    for (const auto& [key, kind] : kThrottles) {
        io->each_object(key, [&, kind = kind](const Reader& item) {
            limits.io_throttles.push_back({device_number(item, "major", 0xfff),
                                           device_number(item, "minor", 0xfffff), kind,
                                           item.required_number("rate", UINT64_MAX)});
        });
    }
}

void read_network_and_rdma(const Reader& reader, CgroupLimits& limits) {
    if (const auto network = reader.object("network")) {
        read_unsupported(*network, "network", {"classID"}, limits);
        network->each_object("priorities", [&](const Reader&) {
            limits.unsupported.emplace_back("network.priorities");
        });
    }
    reader.each_member("rdma", [&](const std::string& device, const Reader& item) {
        std::string line;
        if (const auto handles = item.number("hcaHandles", UINT32_MAX)) {
            line = "hca_handle=" + std::to_string(*handles);
        }
        if (const auto objects = item.number("hcaObjects", UINT32_MAX)) {
            line += (line.empty() ? "" : " ") + ("hca_object=" + std::to_string(*objects));
        }
        if (line.empty()) item.fail("hcaHandles", "or hcaObjects must be given");
        limits.rdma[device] = line;
    });
}

} // namespace

std::vector<IdMapping> read_mappings(const Reader& reader, const char* key) {
    std::vector<IdMapping> mappings;
    reader.each_object(key, [&](const Reader& item) {
        mappings.push_back(
            {static_cast<std::uint32_t>(item.required_number("containerID", UINT32_MAX - 1)),
             static_cast<std::uint32_t>(item.required_number("hostID", UINT32_MAX - 1)),
             static_cast<std::uint32_t>(item.required_number("size", UINT32_MAX))});
    });
    return mappings;
}

CgroupLimits read_limits(const Reader& reader) {
    CgroupLimits limits;
    reader.each_object(
        "devices", [&](const Reader& item) { limits.devices.push_back(read_device_rule(item)); });
    read_memory(reader, limits);
    read_cpu(reader, limits);
    if (const auto pids = reader.object("pids")) {
        limits.pids_limit = pids->signed_number("limit", -1);
    }
    read_block_io(reader, limits);
    read_network_and_rdma(reader, limits);
    reader.each_object("hugepageLimits", [&](const Reader& item) {
        limits.hugepage_limits[item.required_text("pageSize")] =
            item.required_number("limit", UINT64_MAX);
    });
    limits.unified = reader.text_map("unified");
    return limits;
}

SeccompArg read_seccomp_arg(const Reader& reader) {
    return {static_cast<std::uint32_t>(reader.required_number("index", 5)),
            reader.required_number("value", UINT64_MAX), reader.number("valueTwo").value_or(0),
            reader.required_text("op")};
}

SeccompPolicy read_seccomp(const Reader& reader) {
    SeccompPolicy policy;
    policy.default_action = reader.required_text("defaultAction");
    if (const auto value = reader.number("defaultErrnoRet", UINT32_MAX)) {
        policy.default_errno_ret = static_cast<std::uint32_t>(*value);
    }
    policy.architectures = reader.texts("architectures");
    policy.flags = reader.texts("flags");
    policy.listener_path = reader.text("listenerPath");
    policy.listener_metadata = reader.text("listenerMetadata");
    if (policy.listener_path.empty() && !policy.listener_metadata.empty()) {
        reader.fail("listenerMetadata", "can be given with listenerPath only");
    }
    reader.each_object("syscalls", [&](const Reader& item) {
        SeccompRule rule;
        rule.names = item.texts("names");
        if (rule.names.empty()) item.fail("names", "must have at least one element");
        rule.action = item.required_text("action");
        if (const auto value = item.number("errnoRet", UINT32_MAX)) {
            rule.errno_ret = static_cast<std::uint32_t>(*value);
        }
        item.each_object("args",
                         [&](const Reader& arg) { rule.args.push_back(read_seccomp_arg(arg)); });
        policy.rules.push_back(std::move(rule));
    });
    return policy;
}

CgroupLimits parse_resources(std::string_view json) {
    const auto document = parse_document(json, kBundleLimit, "resources");
    return read_limits(Reader(document, "resources"));
}

LinuxSection read_linux(const Reader& reader) {
    LinuxSection section;
    read_namespaces(reader, section);
    section.uid_mappings = read_mappings(reader, "uidMappings");
    section.gid_mappings = read_mappings(reader, "gidMappings");
    read_time_offsets(reader, section);
    reader.each_object("devices",
                       [&](const Reader& item) { section.devices.push_back(read_device(item)); });
    section.cgroups_path = reader.text("cgroupsPath");
    if (const auto resources = reader.object("resources")) {
        section.limits = read_limits(*resources);
        section.has_limits = true;
    }
    section.rootfs_propagation = reader.text("rootfsPropagation");
    if (const auto seccomp = reader.object("seccomp")) section.seccomp = read_seccomp(*seccomp);
    section.sysctl = reader.text_map("sysctl");
    section.masked_paths = reader.texts("maskedPaths");
    section.readonly_paths = reader.texts("readonlyPaths");
    section.mount_label = reader.text("mountLabel");
    if (const auto personality = reader.object("personality")) {
        section.personality_domain = personality->required_text("domain");
        if (!personality->texts("flags").empty()) personality->fail("flags", "are not supported");
    }
    section.has_intel_rdt = reader.has("intelRdt");
    return section;
}

} // namespace berth::spec
