// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bundle_files.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <container/bundle.hpp>
#include <container/devices.hpp>
#include <container/errors.hpp>
#include <container/etc_files.hpp>
#include <container/networks.hpp>
#include <spec/image_merge.hpp>
#include <spec/link_syntax.hpp>
#include <spec/mode_syntax.hpp>

namespace berth::container {

namespace {

constexpr std::size_t kStartErrorLimit = 64U << 10U;

/// Whole or not at all, but not synced: after a power cut the next start writes it anew.
void write_file(const base::Dir& dir, const std::string& name, std::string_view content) {
    const std::string aside = "." + name + ".new";
    {
        const base::Fd fd =
            dir.open_file(aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
        base::write_all(fd.get(), content);
    }
    dir.rename(aside, name);
}

/// The namespace of a running container, by its init.
std::string namespace_of(Engine& engine, const std::string& mode, const char* type) {
    const std::string id = spec::shared_container(mode);
    if (id.empty()) return {};
    const auto other = engine.store().container(ContainerId(id));
    const auto status = engine.units().status(other.unit);
    if (!status.running() || status.main_pid == 0) throw NotRunning(other.name);
    return "/proc/" + std::to_string(status.main_pid) + "/ns/" + type;
}

SharedNamespaces shared_namespaces(Engine& engine, const spec::ContainerSpec& spec) {
    return {.pid = namespace_of(engine, spec.pid_mode, "pid"),
            .ipc = namespace_of(engine, spec.ipc_mode, "ipc"),
            .network = namespace_of(engine, spec.network_mode, "net")};
}

/// The target's address on a network of ours, IPv4 first; it holds it while it is stopped.
std::string link_address(Engine& engine, const store::ContainerRecord& target,
                         const std::vector<spec::NetworkAttachment>& networks) {
    std::string found;
    for (const auto& lease : engine.store().leases(target.id)) {
        const bool shared = std::any_of(networks.begin(), networks.end(), [&](const auto& own) {
            return own.config.id == lease.network;
        });
        if (!shared) continue;
        const bool v6 = lease.address.find(':') != std::string::npos;
        if (found.empty() || !v6) found = lease.address;
    }
    return found;
}

/// What links say, below what the user says.
void add_link_environment(Engine& engine, const store::ContainerRecord& record,
                          spec::ContainerSpec& spec, const spec::BundleNetwork& network) {
    std::vector<std::string> env;
    for (const auto& text : spec.links) {
        const auto link = spec::parse_link(text);
        const auto target = engine.store().find_container(link.container);
        if (!engine.units().status(target.unit).running()) {
            throw Error(ErrorCode::NotFound, "cannot link to container '" + target.name +
                                                 "': it does not run; start it first");
        }
        for (auto& entry :
             spec::link_environment(link, record.name, spec::parse_container_spec(target.spec),
                                    link_address(engine, target, network.networks))) {
            env.push_back(std::move(entry));
        }
    }
    spec::merge_env(env, spec.env);
    spec.env = std::move(env);
}

base::Dir make_container_dir(const ContainerId& id) {
    const std::string path = store::container_dir(id);
    if (::mkdir(path.c_str(), 0700) < 0 && errno != EEXIST) {
        base::make_directories(path, 0700);
    }
    return base::Dir::open(path);
}

void remove_dir(const std::string& parent, const ContainerId& id) noexcept {
    try {
        base::Dir::open(parent).remove_tree(id.str());
    } catch (const std::exception& error) {
        log::warning("cannot remove '%s/%s': %s", parent.c_str(), id.str().c_str(), error.what());
    }
}

} // namespace

spec::Bundle plan_bundle(Engine& engine, const store::ContainerRecord& record,
                         const spec::ContainerSpec& spec, bool attached) {
    return make_bundle({.record = record,
                        .spec = spec,
                        .network = bundle_network(engine, record, spec),
                        .shared = shared_namespaces(engine, spec),
                        .devices = host_devices(spec),
                        .attached = attached});
}

void write_bundle_files(Engine& engine, const store::ContainerRecord& record,
                        const spec::ContainerSpec& spec, const StartOptions& options) {
    spec::ContainerSpec linked = spec;
    if (!spec.links.empty()) {
        add_link_environment(engine, record, linked, bundle_network(engine, record, spec));
    }
    spec::Bundle bundle = plan_bundle(engine, record, linked, options.attached);
    bundle.process->console_height = options.console.rows;
    bundle.process->console_width = options.console.columns;
    const base::Dir dir = make_container_dir(record.id);
    dir.unlink("start-error");
    const auto network = spec::parse_bundle_network(bundle.annotation(spec::kAnnotationNetwork));
    for (const auto& [name, content] : etc_files(spec, network, host_name_of(record, spec))) {
        write_file(dir, name, content);
    }
    write_file(dir, "config.json", spec::dump_bundle(bundle));
}

std::string read_start_error(const ContainerId& id) {
    try {
        return base::Dir::open(store::container_dir(id)).read("start-error", kStartErrorLimit);
    } catch (const Error&) {
        return {};
    }
}

std::string read_bundle(const ContainerId& id) {
    try {
        return base::Dir::open(store::container_dir(id)).read("config.json", spec::kBundleLimit);
    } catch (const Error&) {
        return {};
    }
}

void remove_bundle_files(const ContainerId& id) noexcept {
    remove_dir(store::containers_dir(), id);
    remove_dir(store::runtime_dir() + "/containers", id);
}

} // namespace berth::container
