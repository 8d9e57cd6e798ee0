// SPDX-License-Identifier: LGPL-2.1-or-later
#include "references.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include <sys/stat.h>

#include <base/strings.hpp>
#include <spec/link_syntax.hpp>
#include <spec/mode_syntax.hpp>

namespace berth::container {

namespace {

void resolve_mode(store::Store& store, std::string& mode) {
    const std::string name = spec::shared_container(mode);
    if (!name.empty()) mode = "container:" + store.find_container(name).id.str();
}

bool has_target(const std::vector<spec::Mount>& mounts, const std::string& target) {
    return std::any_of(mounts.begin(), mounts.end(),
                       [&](const spec::Mount& mount) { return mount.target == target; });
}

/// The other container's volumes and binds; what the user or an earlier one put there stays, what
/// only the image asked for gives way.
void add_volumes_from(store::Store& store, spec::ContainerSpec& spec,
                      const spec::VolumesFrom& from) {
    const auto other = spec::parse_container_spec(store.find_container(from.container).spec);
    for (spec::Mount mount : other.mounts) {
        if (mount.kind == spec::MountKind::Tmpfs) continue;
        std::erase_if(spec.mounts, [&](const spec::Mount& own) {
            return own.from_image && own.target == mount.target;
        });
        if (has_target(spec.mounts, mount.target)) continue;
        mount.from_image = false;
        mount.read_only = mount.read_only || from.read_only;
        spec.mounts.push_back(std::move(mount));
    }
}

bool shares_network(store::Store& store, const ContainerId& id,
                    const std::vector<NetworkConfig>& networks) {
    const auto leases = store.leases(id);
    return std::any_of(leases.begin(), leases.end(), [&](const store::Lease& lease) {
        return std::any_of(networks.begin(), networks.end(),
                           [&](const auto& network) { return network.id == lease.network; });
    });
}

/// A container made anew by a name can close a circle, in which none could start first.
void refuse_circle(store::Store& store, const std::string& name, const std::string& linked,
                   std::set<std::string>& seen) {
    if (linked == name) {
        throw Error(ErrorCode::InvalidArgument,
                    "the links of container '" + name +
                        "' lead back to itself: none of them could start first; leave one out and "
                        "use the container's name, which all on its network know");
    }
    if (!seen.insert(linked).second) return;
    try {
        for (const auto& text : spec::parse_container_spec(store.find_container(linked).spec).links)
            refuse_circle(store, name, spec::parse_link(text).container, seen);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw; // removed since
    }
}

bool exists(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0;
}

} // namespace

void resolve_references(store::Store& store, spec::ContainerSpec& spec) {
    resolve_mode(store, spec.pid_mode);
    resolve_mode(store, spec.ipc_mode);
    resolve_mode(store, spec.network_mode);
    for (const auto& from : spec.volumes_from)
        add_volumes_from(store, spec, from);
}

void check_links(store::Store& store, const std::string& name, spec::ContainerSpec& spec,
                 const std::vector<NetworkConfig>& networks) {
    for (auto& text : spec.links) {
        auto link = spec::parse_link(text);
        const auto target = store.find_container(link.container);
        if (!shares_network(store, target.id, networks)) {
            throw Error(ErrorCode::InvalidArgument,
                        "cannot link to container '" + target.name +
                            "': it is on no network of this container's; put both on one with "
                            "--network");
        }
        std::set<std::string> seen;
        refuse_circle(store, name, target.name, seen);
        link.container = target.name;
        text = spec::link_text(link);
    }
}

void settle_bind_sources(std::vector<spec::Mount>& mounts) {
    for (auto& mount : mounts) {
        if (mount.kind != spec::MountKind::Bind) continue;
        std::error_code failed;
        const auto place = std::filesystem::weakly_canonical(mount.source, failed);
        if (!failed) mount.source = place.string();
    }
}

void check_bind_sources(const std::vector<spec::Mount>& mounts) {
    for (const auto& mount : mounts) {
        if (mount.kind != spec::MountKind::Bind || mount.create_source || exists(mount.source)) {
            continue;
        }
        throw Error(ErrorCode::InvalidArgument,
                    "invalid value for --mount: the bind source path '" +
                        base::printable(mount.source) + "' does not exist; make it first");
    }
}

std::vector<std::string> missing_sources(const std::vector<spec::Mount>& mounts) {
    std::vector<std::string> missing;
    for (const auto& mount : mounts) {
        if (mount.kind == spec::MountKind::Bind && mount.create_source && !exists(mount.source)) {
            missing.push_back(mount.source);
        }
    }
    return missing;
}

} // namespace berth::container
