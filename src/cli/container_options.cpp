// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_options.hpp"

#include "cpu_quota.hpp"
#include "host_paths.hpp"
#include "refused_flags.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdio>
#include <cstdlib>

#include <base/strings.hpp>

namespace berth::cli {

ContainerOptions::ContainerOptions(Options& options) {
    general(options);
    process(options);
    files(options);
    network(options);
    limits(options);
    security(options);
}

void ContainerOptions::text(Options& options, const std::string& names, const char* meta,
                            const char* key, const char* help) {
    texts_.emplace_back(key, std::nullopt);
    options.value(names, meta, texts_.back().second, help);
}

void ContainerOptions::strings(Options& options, const std::string& names, const char* meta,
                               const char* key, const char* help) {
    lists_.emplace_back(key, std::vector<std::string>{});
    options.list(names, meta, lists_.back().second, help);
}

void ContainerOptions::truth(Options& options, const std::string& names, const char* key,
                             const char* help) {
    truths_.emplace_back(key, false);
    options.flag(names, truths_.back().second, help);
}

void ContainerOptions::general(Options& options) {
    options.group("Container");
    options.value("--name", "NAME", name, "Name of the container (default: made up)");
    options.flag("--rm", auto_remove_, "Remove the container when it has ended");
    text(options, "--restart", "POLICY", "restart",
         "When to start it again: no, on-failure[:TIMES], always, unless-stopped");
    options.value("--pull", "WHEN", pull, "Pull the image: always, missing (default), never");
    options.value("--platform", "OS/ARCH", platform_, "Platform of the image, of many that it has");
    options.flag("-q,--quiet", quiet, "Don't show the progress of pulling");
    options.value("--cidfile", "FILE", cidfile, "Write the container's ID to a new file");
    options.list("-l,--label", "KEY=VALUE", labels_, "Attach a label");
    options.list("--label-file", "FILE", label_files_, "Read labels from a file, one a line");
    options.list("--annotation", "KEY=VALUE", annotations_, "Add an annotation (OCI runtimes)");
    text(options, "--log-driver", "DRIVER", "log_driver", "Where output goes: journald or none");
    options.list("--log-opt", "KEY=VALUE", log_options_, "Option of the log driver");
    options.hide();
}

void ContainerOptions::process(Options& options) {
    options.group("Process");
    options.flag("-i,--interactive", interactive_, "Keep standard input open");
    options.flag("-t,--tty", tty_, "Give it a terminal");
    options.list("-e,--env", "KEY[=VALUE]", env_,
                 "Set an environment variable; KEY alone takes the value it has here");
    options.list("--env-file", "FILE", env_files_, "Read environment variables from a file");
    options.value("--entrypoint", "PROGRAM", entrypoint_, "Run this, not the image's ENTRYPOINT");
    text(options, "-w,--workdir", "DIR", "workdir", "Directory to start in");
    text(options, "-u,--user", "USER[:GROUP]", "user", "User to run as, by name or number");
    strings(options, "--group-add", "GROUP", "group_add", "Further group of the user");
    text(options, "-h,--hostname", "NAME", "hostname", "Host name in the container");
    text(options, "--domainname", "NAME", "domainname", "NIS domain name in the container");
    truth(options, "--init", "init", "Run a small init that forwards signals and reaps processes");
    text(options, "--stop-signal", "SIGNAL", "stop_signal", "Signal that asks it to stop");
    options.number("--stop-timeout", "SECONDS", stop_timeout_, "How long it has to stop");
}

void ContainerOptions::files(Options& options) {
    options.group("Files");
    options.list("-v,--volume", "[SOURCE:]TARGET[:OPTIONS]", volumes_,
                 "Mount a directory or a named volume");
    options.list("--mount", "type=TYPE,...", mounts_, "Mount a bind, volume or tmpfs");
    strings(options, "--tmpfs", "TARGET[:OPTIONS]", "tmpfs", "Mount an empty tmpfs");
    options.value("--volume-driver", "DRIVER", volume_driver_, "");
    options.hide();
    strings(options, "--volumes-from", "CONTAINER", "volumes_from", "Mount another one's volumes");
    truth(options, "--read-only", "read_only", "Make the root file system read-only");
    strings(options, "--storage-opt", "KEY=VALUE", "storage_opt", "Storage option, as size=10G");
    strings(options, "--device", "SOURCE[:TARGET[:rwm]]", "devices", "Give it a device");
}

void ContainerOptions::network(Options& options) {
    options.group("Network");
    text(options, "--network,--net", "NETWORK", "network",
         "bridge (default), host, none, container:NAME, or a network's name");
    strings(options, "-p,--publish", "[[IP:]PORT:]PORT[/PROTO]", "publish",
            "Make a port reachable on the host");
    truth(options, "-P,--publish-all", "publish_all", "Publish all exposed ports on free ones");
    strings(options, "--expose", "PORT[/PROTO]", "expose", "Mark a port as used");
    strings(options, "--link", "CONTAINER[:ALIAS]", "links", "Reach another container by name");
    strings(options, "--network-alias,--net-alias", "NAME", "network_alias",
            "Further name in its network");
    text(options, "--ip", "ADDRESS", "ip", "IPv4 address");
    text(options, "--ip6", "ADDRESS", "ip6", "IPv6 address");
    text(options, "--mac-address", "MAC", "mac_address", "Ethernet address");
    strings(options, "--dns", "ADDRESS", "dns", "Name server");
    strings(options, "--dns-search", "DOMAIN", "dns_search", "Domain to search names in");
    strings(options, "--dns-option,--dns-opt", "OPTION", "dns_option", "Resolver option");
    strings(options, "--add-host", "NAME:ADDRESS", "add_host", "Add a line to /etc/hosts");
}

void ContainerOptions::limits(Options& options) {
    options.group("Limits");
    text(options, "-m,--memory", "SIZE", "memory", "Memory, as 64m or 1g");
    text(options, "--memory-swap", "SIZE", "memory_swap", "Memory and swap together; -1: no limit");
    text(options, "--memory-reservation", "SIZE", "memory_reservation",
         "Memory it keeps when others need some");
    text(options, "--cpus", "NUMBER", "cpus", "Processors, as 0.5");
    options.value("--cpu-period", "MICROSECONDS", cpu_period_, "");
    options.hide();
    options.value("--cpu-quota", "MICROSECONDS", cpu_quota_, "");
    options.hide();
    text(options, "-c,--cpu-shares", "SHARES", "cpu_shares", "Share of processors, 1024 is normal");
    text(options, "--cpuset-cpus", "LIST", "cpuset_cpus", "Processors it may use, as 0-3,5");
    text(options, "--cpuset-mems", "LIST", "cpuset_mems", "Memory nodes it may use");
    text(options, "--pids-limit", "NUMBER", "pids_limit", "Processes and threads; -1: no limit");
    text(options, "--blkio-weight", "WEIGHT", "blkio_weight", "Share of disk time, 10 to 1000");
    strings(options, "--ulimit", "NAME=SOFT[:HARD]", "ulimits", "Resource limit, as nofile=1024");
    text(options, "--shm-size", "SIZE", "shm_size", "Size of /dev/shm (default 64m)");
    text(options, "--oom-score-adj", "NUMBER", "oom_score_adj", "-1000 to 1000");
    text(options, "--cgroup-parent,--slice", "SLICE", "cgroup_parent",
         "Slice of systemd to run in (default berth.slice)");
}

void ContainerOptions::security(Options& options) {
    options.group("Security and namespaces");
    truth(options, "--privileged", "privileged", "Give it all the rights of the host");
    strings(options, "--cap-add", "CAPABILITY", "cap_add", "Give it a capability");
    strings(options, "--cap-drop", "CAPABILITY", "cap_drop", "Take a capability away");
    strings(options, "--security-opt", "OPTION", "security_opt",
            "no-new-privileges, seccomp=FILE, seccomp=unconfined");
    strings(options, "--sysctl", "KEY=VALUE", "sysctls", "Kernel setting of its namespaces");
    text(options, "--pid", "MODE", "pid", "Process namespace: host, container:NAME");
    text(options, "--ipc", "MODE", "ipc", "IPC namespace: private, host, none, container:NAME");
    text(options, "--uts", "MODE", "uts", "Host name namespace: host");
    text(options, "--cgroupns", "MODE", "cgroupns", "Cgroup namespace: private, host");
    text(options, "--userns", "MODE", "userns", "User namespace: host");
    // What docker takes and cgroup v2 no longer has: accepted, and said so.
    options.list("--kernel-memory", "SIZE", ignored_, "");
    options.hide();
    options.list("--memory-swappiness", "NUMBER", ignored_, "");
    options.hide();
    options.flag("--oom-kill-disable", oom_kill_disable_, "");
    options.hide();
    refuse_container_flags(options);
    options.accepted("--disable-content-trust");
    options.accepted("--no-healthcheck");
}

bus::Dict ContainerOptions::config(const std::vector<std::string>& command) const {
    bus::Dict config;
    for (const auto& [key, value] : texts_)
        config.set_if(key, value);
    for (const auto& [key, values] : lists_) {
        if (!values.empty()) config.set(key, values);
    }
    for (const auto& [key, value] : truths_) {
        if (value) config.set(key, true);
    }
    set_cpu_quota(config, cpu_period_, cpu_quota_);
    if (!command.empty()) config.set("cmd", command);
    if (entrypoint_)
        config.set("entrypoint",
                   entrypoint_->empty() ? bus::Strings{} : bus::Strings{*entrypoint_});
    std::vector<std::string> env;
    for (const auto& file : env_files_) {
        for (auto& line : read_env_file(file))
            env.push_back(std::move(line));
    }
    for (auto& variable : resolve_env(env_))
        env.push_back(std::move(variable));
    if (!env.empty()) config.set("env", env);
    std::vector<std::string> labels;
    for (const auto& file : label_files_) {
        for (auto& line : read_env_file(file))
            labels.push_back(std::move(line));
    }
    labels.insert(labels.end(), labels_.begin(), labels_.end());
    if (!labels.empty()) config.set("labels", key_values(labels));
    if (!annotations_.empty()) config.set("annotations", key_values(annotations_));
    if (!volumes_.empty()) config.set("volumes", absolute_volumes(volumes_));
    if (!mounts_.empty()) config.set("mounts", absolute_mounts(mounts_));
    if (stop_timeout_) config.set("stop_timeout", std::to_string(*stop_timeout_));
    if (!platform_.empty()) config.set("platform", platform_);
    if (tty_) config.set("tty", true);
    if (interactive_) config.set("open_stdin", true);
    if (auto_remove_) config.set("auto_remove", true);
    return config;
}

void ContainerOptions::check() const {
    if (pull != "missing" && pull != "always" && pull != "never")
        throw UsageError("invalid value '" + base::printable(pull) +
                         "' for --pull: it is always, missing or never");
    if (!log_options_.empty())
        throw UsageError("--log-opt: the journal has no options of a single container; see "
                         "journald.conf(5)");
    if (!ignored_.empty() || oom_kill_disable_)
        std::fputs("berth: --kernel-memory, --memory-swappiness and --oom-kill-disable are left "
                   "out: cgroup v2 has no such limits\n",
                   stderr);
    if (volume_driver_ && *volume_driver_ != "local")
        throw UsageError("there is no volume driver '" + base::printable(*volume_driver_) +
                         "': local is the only one");
    for (const auto& [key, value] : texts_) {
        if (auto_remove_ && key == "restart" && value && *value != "no")
            throw UsageError("--rm and --restart exclude each other");
    }
}

} // namespace berth::cli
