// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_config.hpp"

#include <base/strings.hpp>
#include <spec/address_syntax.hpp>
#include <spec/capabilities.hpp>
#include <spec/config_reader.hpp>
#include <spec/image_merge.hpp>
#include <spec/link_syntax.hpp>
#include <spec/mode_syntax.hpp>
#include <spec/mount_syntax.hpp>
#include <spec/port_syntax.hpp>
#include <spec/resource_syntax.hpp>
#include <spec/signal.hpp>

namespace berth::spec {

namespace {

constexpr unsigned kLongestStop = 1U << 30U; // seconds, 34 years
constexpr std::size_t kLongestHostName = 64; // uts namespaces, uname(2)

void read_environment(ConfigReader& config, ContainerSpec& spec) {
    spec.env = config.list("env");
    for (const auto& entry : spec.env) {
        if (entry.empty() || entry[0] == '=') {
            throw bad_value("env", entry, "expected NAME=VALUE");
        }
    }
    spec.labels = config.map("labels");
    if (spec.labels.contains("")) throw bad_value("label", "", "a label needs a name");
    spec.annotations = config.map("annotations");
    for (const auto& [key, value] : spec.annotations) {
        if (key.empty() || key.rfind("org.berth1.", 0) == 0) {
            throw bad_value("annotation", key, "names that start with org.berth1. are berth's own");
        }
    }
}

void read_process(ConfigReader& config, ContainerSpec& spec) {
    spec.command = config.list("cmd");
    spec.entrypoint = config.list("entrypoint");
    if (spec.entrypoint == std::vector<std::string>{""}) spec.entrypoint.clear();
    spec.working_dir = config.text("workdir");
    if (!spec.working_dir.empty() && spec.working_dir[0] != '/') {
        throw bad_value("workdir", spec.working_dir, "must be an absolute path");
    }
    spec.user = config.text("user");
    check_user(spec.user, "--user");
    spec.groups = config.list("group_add");
    for (const auto& group : spec.groups)
        check_user(group, "--group-add");
    spec.tty = config.flag("tty");
    spec.open_stdin = config.flag("open_stdin");
    spec.stdin_once = config.flag("stdin_once");
    spec.init = config.flag("init");
}

void read_mounts(ConfigReader& config, ContainerSpec& spec) {
    for (const auto& text : config.list("volumes"))
        spec.mounts.push_back(parse_volume(text));
    for (const auto& text : config.list("mounts"))
        spec.mounts.push_back(parse_mount(text));
    for (const auto& text : config.list("tmpfs"))
        spec.mounts.push_back(parse_tmpfs(text));
    for (const auto& text : config.list("volumes_from")) {
        spec.volumes_from.push_back(parse_volumes_from(text));
    }
    require_distinct_targets(spec.mounts);
    spec.read_only = config.flag("read_only");
    if (!config.list("storage_opt").empty()) {
        throw Error(ErrorCode::Unsupported, "--storage-opt is not supported");
    }
}

void read_security(ConfigReader& config, ContainerSpec& spec) {
    spec.privileged = config.flag("privileged");
    spec.cap_add = config.list("cap_add");
    spec.cap_drop = config.list("cap_drop");
    (void)resolve_capabilities(spec.cap_add, spec.cap_drop, spec.privileged);
    for (const auto& text : config.list("devices"))
        spec.devices.push_back(parse_device(text));
    for (const auto& text : config.list("security_opt"))
        apply_security_option(spec, text);
}

void read_host_names(ConfigReader& config, ContainerSpec& spec) {
    spec.hostname = config.text("hostname");
    spec.domainname = config.text("domainname");
    if (!spec.hostname.empty() && !is_host_name(spec.hostname, kLongestHostName)) {
        throw bad_value("hostname", spec.hostname,
                        "expected up to 64 letters, digits, '.', '_' and '-'");
    }
    if (!spec.domainname.empty() && !is_host_name(spec.domainname, kLongestHostName)) {
        throw bad_value("domainname", spec.domainname,
                        "expected up to 64 letters, digits, '.', '_' and '-'");
    }
    for (const auto& text : config.list("add_host")) {
        spec.extra_hosts.push_back(parse_extra_host(text));
    }
}

void read_dns(ConfigReader& config, ContainerSpec& spec) {
    spec.dns = config.list("dns");
    for (const auto& server : spec.dns) {
        if (!is_address(server)) throw bad_value("dns", server, "expected an IP address");
    }
    spec.dns_search = config.list("dns_search");
    for (const auto& domain : spec.dns_search) {
        if (domain != "." && !is_host_name(domain)) {
            throw bad_value("dns-search", domain, "expected a domain name, or '.' for none");
        }
    }
    spec.dns_options = config.list("dns_option");
    for (const auto& option : spec.dns_options) {
        if (option.empty() || option.find_first_of(" \t\r\n") != std::string::npos) {
            throw bad_value("dns-option", option, "expected one option of resolv.conf(5)");
        }
    }
}

void read_addresses(ConfigReader& config, ContainerSpec& spec) {
    spec.ip = config.text("ip");
    if (!spec.ip.empty() && !is_ipv4(spec.ip)) {
        throw bad_value("ip", spec.ip, "expected an IPv4 address");
    }
    spec.ip6 = config.text("ip6");
    if (!spec.ip6.empty() && !is_ipv6(spec.ip6)) {
        throw bad_value("ip6", spec.ip6, "expected an IPv6 address");
    }
    if (const auto mac = config.text("mac_address"); !mac.empty()) {
        spec.mac_address = parse_mac(mac);
    }
    spec.network_aliases = config.list("network_alias");
    for (const auto& alias : spec.network_aliases) {
        if (!is_host_name(alias)) throw bad_value("network-alias", alias, "expected a host name");
    }
}

void read_ports(ConfigReader& config, ContainerSpec& spec) {
    for (const auto& text : config.list("publish")) {
        for (auto& port : parse_publish(text))
            spec.ports.push_back(std::move(port));
        if (spec.ports.size() > kMaxConfigEntries) {
            throw Error(ErrorCode::InvalidArgument, "more than 4096 ports are published");
        }
    }
    require_distinct_ports(spec.ports);
    spec.publish_all = config.flag("publish_all");
    for (const auto& text : config.list("expose")) {
        for (auto& port : parse_expose("expose", text))
            spec.exposed.push_back(std::move(port));
    }
    for (const auto& text : config.list("links"))
        spec.links.push_back(link_text(parse_link(text)));
}

/// What of the network flags makes no sense without a network of one's own.
void check_network_use(const ContainerSpec& spec) {
    const bool shares = spec.network_mode == "host" || spec.network_mode == "none" ||
                        spec.network_mode.rfind("container:", 0) == 0;
    if (!shares) return;
    if (spec.network_mode != "none" && spec.network_mode != "host" &&
        (!spec.hostname.empty() || !spec.extra_hosts.empty() || !spec.dns.empty())) {
        throw Error(ErrorCode::InvalidArgument,
                    "--hostname, --add-host and --dns can't be used with --network container:...: "
                    "those are the other container's");
    }
    if (spec.network_mode.rfind("container:", 0) == 0 && !spec.ports.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    "ports can't be published with --network container:...: publish them on the "
                    "other container");
    }
    if (!spec.links.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    "--link needs a network of berth, not --network " + spec.network_mode);
    }
    if (!spec.ip.empty() || !spec.ip6.empty() || !spec.mac_address.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    "--ip, --ip6 and --mac-address need a network of berth, not --network " +
                        spec.network_mode);
    }
}

void read_namespaces(ConfigReader& config, ContainerSpec& spec) {
    spec.network_mode = parse_network_mode(config.text("network"));
    spec.pid_mode = parse_pid_mode(config.text("pid"));
    spec.ipc_mode = parse_ipc_mode(config.text("ipc"));
    spec.uts_mode = parse_uts_mode(config.text("uts"));
    spec.cgroupns = parse_cgroupns(config.text("cgroupns"));
    check_userns(config.text("userns"));
    if (spec.uts_mode == "host" && !spec.hostname.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    "--hostname can't be used with --uts host: it would be the machine's name");
    }
    spec.cgroup_parent = parse_cgroup_parent(config.text("cgroup_parent"));
}

void read_kernel_settings(ConfigReader& config, ContainerSpec& spec) {
    for (const auto& text : config.list("ulimits"))
        spec.ulimits.push_back(parse_ulimit(text));
    for (const auto& text : config.list("sysctls")) {
        auto [key, value] =
            parse_sysctl(text, spec.network_mode != "host", spec.ipc_mode != "host");
        spec.sysctls.insert_or_assign(std::move(key), std::move(value));
    }
}

void read_supervision(ConfigReader& config, ContainerSpec& spec) {
    spec.restart = parse_restart(config.text("restart"));
    spec.auto_remove = config.flag("auto_remove");
    if (spec.auto_remove && spec.restart.mode != RestartMode::No) {
        throw Error(ErrorCode::InvalidArgument,
                    "--rm and --restart exclude each other: what is removed can't be restarted");
    }
    if (const auto text = config.text("stop_signal"); !text.empty()) {
        const auto signal = parse_signal(text);
        if (!signal)
            throw bad_value("stop-signal", text, "expected a signal such as SIGTERM or 15");
        spec.stop_signal = signal_name(*signal);
    }
    if (const auto text = config.text("stop_timeout"); !text.empty()) {
        if (text == "-1") {
            spec.stop_timeout = kLongestStop;
        } else {
            const auto seconds = base::parse_number(text, kLongestStop);
            if (!seconds) throw bad_value("stop-timeout", text, "expected seconds, or -1 for ever");
            spec.stop_timeout = static_cast<unsigned>(*seconds);
        }
    }
    if (const auto driver = config.text("log_driver"); !driver.empty()) {
        if (driver != "journald" && driver != "none") {
            throw bad_value("log-driver", driver, "known are journald and none");
        }
        spec.log_driver = driver;
    }
}

} // namespace

BuiltSpec build_container_spec(const ConfigMap& map, const ImageConfig& image) {
    ConfigReader config(map);
    BuiltSpec built;
    ContainerSpec& spec = built.spec;
    read_environment(config, spec);
    read_process(config, spec);
    read_mounts(config, spec);
    read_security(config, spec);
    read_host_names(config, spec);
    read_namespaces(config, spec);
    read_dns(config, spec);
    read_addresses(config, spec);
    read_ports(config, spec);
    check_network_use(spec);
    read_limits(config, spec.resources);
    read_fixed_limits(config, spec.resources);
    read_kernel_settings(config, spec);
    read_supervision(config, spec);
    (void)config.text("platform"); // chooses the image, which is done by now
    config.refuse_others();
    built.warnings = merge_image(spec, image, config.has("entrypoint"));
    return built;
}

void update_container_spec(ContainerSpec& spec, const ConfigMap& map) {
    ConfigReader config(map);
    read_limits(config, spec.resources);
    if (config.has("restart")) {
        spec.restart = parse_restart(config.text("restart"));
        if (spec.auto_remove && spec.restart.mode != RestartMode::No) {
            throw Error(ErrorCode::InvalidArgument,
                        "a container started with --rm can't have a restart policy");
        }
    }
    config.refuse_others();
}

} // namespace berth::spec
