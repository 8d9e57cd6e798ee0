// SPDX-License-Identifier: LGPL-2.1-or-later
#include "claims.hpp"

#include <set>

#include <daemon/subject.hpp>
#include <spec/link_syntax.hpp>
#include <spec/mode_syntax.hpp>

namespace berth::daemon {

namespace {

std::set<std::string> shared_containers(const spec::ContainerSpec& spec) {
    std::set<std::string> names;
    for (const auto* mode : {&spec.pid_mode, &spec.ipc_mode, &spec.network_mode})
        names.insert(spec::shared_container(*mode));
    for (const auto& from : spec.volumes_from)
        names.insert(from.container);
    for (const auto& link : spec.links) // shows the other's environment
        names.insert(spec::parse_link(link).container);
    names.erase("");
    return names;
}

bool is_others(store::Store& store, const std::string& volume, uid_t caller) {
    try {
        return store.volume(volume).owner_uid != caller;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return false; // it is made with the container
    }
}

} // namespace

std::vector<Claim> claims_on_others(store::Store& store, const spec::ContainerSpec& spec,
                                    uid_t caller) {
    std::vector<Claim> claims;
    if (caller == 0) return claims;
    for (const auto& name : shared_containers(spec)) {
        const auto record = store.find_container(name);
        if (record.owner_uid == caller) continue;
        claims.push_back({"org.berth1.container-exec", facts_of(record).details});
    }
    for (const auto& mount : spec.mounts) {
        if (mount.kind != spec::MountKind::Volume || mount.source.empty()) continue;
        if (!is_others(store, mount.source, caller)) continue;
        claims.push_back({"org.berth1.volume-manage", {{"volume", mount.source}}});
    }
    return claims;
}

} // namespace berth::daemon
