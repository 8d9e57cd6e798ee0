// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bundle.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <base/strings.hpp>
#include <container/layers.hpp>
#include <spec/bundle_defaults.hpp>
#include <spec/capabilities.hpp>
#include <spec/image_merge.hpp>
#include <spec/mode_syntax.hpp>
#include <spec/seccomp_profile.hpp>

namespace berth::container {

namespace {

using spec::Bundle;
using spec::NamespaceType;

std::string machine_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) < 0) return "localhost";
    return name.data();
}

std::vector<spec::Rlimit> rlimits(const spec::ContainerSpec& spec) {
    std::vector<spec::Rlimit> limits;
    for (const auto& limit : spec.ulimits) {
        std::string name = "RLIMIT_" + limit.name;
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        limits.push_back({.type = name, .soft = limit.soft, .hard = limit.hard});
    }
    return limits;
}

spec::Process make_process(const BundleInput& input, const std::vector<std::string>& capabilities) {
    spec::Process process;
    process.terminal = input.spec.tty;
    process.args = input.spec.entrypoint;
    process.args.insert(process.args.end(), input.spec.command.begin(), input.spec.command.end());
    process.env = container_environment(input.record, input.spec, input.spec.tty);
    if (!input.spec.working_dir.empty()) process.cwd = input.spec.working_dir;
    process.rlimits = rlimits(input.spec);
    process.capabilities = spec::capability_sets(capabilities);
    process.no_new_privileges = input.spec.no_new_privileges;
    return process;
}

void set_namespace(spec::LinuxSection& section, NamespaceType type, const std::string& mode,
                   const std::string& path) {
    if (mode == "host") {
        std::erase_if(section.namespaces, [&](const auto& own) { return own.type == type; });
        return;
    }
    for (auto& own : section.namespaces) {
        if (own.type == type) own.path = path;
    }
}

void set_namespaces(spec::LinuxSection& section, const BundleInput& input) {
    section.namespaces = spec::default_namespaces();
    set_namespace(section, NamespaceType::Pid, input.spec.pid_mode, input.shared.pid);
    set_namespace(section, NamespaceType::Ipc, input.spec.ipc_mode, input.shared.ipc);
    set_namespace(section, NamespaceType::Uts, input.spec.uts_mode, {});
    set_namespace(section, NamespaceType::Network, input.network.mode, input.shared.network);
    set_namespace(section, NamespaceType::Cgroup, input.spec.cgroupns, {});
}

std::optional<spec::SeccompPolicy> seccomp(const spec::ContainerSpec& spec,
                                           const std::vector<std::string>& capabilities) {
    if (spec.privileged || spec.seccomp == "unconfined") return std::nullopt;
    if (spec.seccomp.empty()) return spec::default_seccomp(capabilities);
    return spec::parse_seccomp_profile(spec.seccomp, capabilities);
}

/// As docker: a container may bind low ports and ping without capabilities, in a network namespace
/// of its own.
void set_sysctls(spec::LinuxSection& section, const BundleInput& input) {
    const bool own =
        input.network.mode != "host" && spec::shared_container(input.network.mode).empty();
    if (own) {
        section.sysctl["net.ipv4.ip_unprivileged_port_start"] = "0";
        section.sysctl["net.ipv4.ping_group_range"] = "0 2147483647";
    }
    for (const auto& [key, value] : input.spec.sysctls)
        section.sysctl[key] = value;
}

/// A mount that shows what the host mounts later needs a root that lets it through.
std::string root_propagation(const spec::ContainerSpec& spec) {
    std::string propagation;
    for (const auto& mount : spec.mounts) {
        if (mount.propagation == "shared" || mount.propagation == "rshared") return "shared";
        if (mount.propagation == "slave" || mount.propagation == "rslave") propagation = "slave";
    }
    return propagation;
}

spec::LinuxSection linux_section(const BundleInput& input,
                                 const std::vector<std::string>& capabilities) {
    spec::LinuxSection section;
    set_namespaces(section, input);
    set_sysctls(section, input);
    section.devices = input.devices;
    section.seccomp = seccomp(input.spec, capabilities);
    section.rootfs_propagation = root_propagation(input.spec);
    if (!input.spec.privileged && !input.spec.unmask_paths) {
        section.masked_paths = spec::default_masked_paths();
        section.readonly_paths = spec::default_readonly_paths();
    }
    return section;
}

std::vector<std::string> copy_up_targets(const spec::ContainerSpec& spec) {
    std::vector<std::string> targets;
    for (const auto& mount : spec.mounts) {
        if (mount.kind == spec::MountKind::Volume && !mount.no_copy) {
            targets.push_back(mount.target);
        }
    }
    return targets;
}

void annotate(Bundle& bundle, const BundleInput& input) {
    auto& notes = bundle.annotations;
    const auto flag = [&](const char* key, bool value) {
        if (value) notes[key] = "1";
    };
    notes = input.spec.annotations;
    notes[spec::kAnnotationId] = input.record.id.str();
    notes[spec::kAnnotationName] = input.record.name;
    notes[spec::kAnnotationImage] = input.record.image_ref;
    notes[spec::kAnnotationStorage] = input.record.storage_driver;
    notes[spec::kAnnotationLayer] = layer_of(input.record.id).str();
    notes[spec::kAnnotationUser] = input.spec.user;
    notes[spec::kAnnotationGroups] = nlohmann::json(input.spec.groups).dump();
    notes[spec::kAnnotationNetwork] = spec::dump_bundle_network(input.network);
    notes[spec::kAnnotationCopyUp] = nlohmann::json(copy_up_targets(input.spec)).dump();
    if (!input.spec.network_aliases.empty()) {
        notes[spec::kAnnotationAliases] = base::join(input.spec.network_aliases, " ");
    }
    if (!input.spec.links.empty()) {
        notes[spec::kAnnotationLinks] = base::join(input.spec.links, " ");
    }
    flag(spec::kAnnotationHostsFiles, input.hosts_files);
    flag(spec::kAnnotationInit, input.spec.init);
    flag(spec::kAnnotationPrivileged, input.spec.privileged);
    flag(spec::kAnnotationAutoRemove, input.spec.auto_remove);
    flag(spec::kAnnotationOpenStdin, input.spec.open_stdin);
    flag(spec::kAnnotationDetached, !input.attached);
    flag(spec::kAnnotationExactSources, input.record.owner_uid != 0);
    flag(spec::kAnnotationWorkdirCreate, !input.spec.working_dir.empty());
}

} // namespace

std::string host_name_of(const store::ContainerRecord& record, const spec::ContainerSpec& spec) {
    if (!spec.hostname.empty()) return spec.hostname;
    if (spec.network_mode == "host" || spec.uts_mode == "host") return machine_name();
    return record.id.brief();
}

std::vector<std::string> container_environment(const store::ContainerRecord& record,
                                               const spec::ContainerSpec& spec, bool tty) {
    std::vector<std::string> env{spec::kDefaultPath, "HOSTNAME=" + host_name_of(record, spec)};
    if (tty) env.emplace_back("TERM=xterm");
    spec::merge_env(env, spec.env);
    return env;
}

Bundle make_bundle(const BundleInput& input) {
    const auto capabilities =
        spec::resolve_capabilities(input.spec.cap_add, input.spec.cap_drop, input.spec.privileged);
    const std::string host_name = host_name_of(input.record, input.spec);
    Bundle bundle;
    bundle.root_readonly = input.spec.read_only;
    bundle.process = make_process(input, capabilities);
    if (input.spec.uts_mode != "host") {
        bundle.hostname = host_name;
        bundle.domainname = input.spec.domainname;
    }
    bundle.mounts = bundle_mounts(input.spec);
    bundle.lnx = linux_section(input, capabilities);
    annotate(bundle, input);
    return bundle;
}

} // namespace berth::container
