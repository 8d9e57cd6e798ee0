// SPDX-License-Identifier: LGPL-2.1-or-later
#include "placing.hpp"

#include <base/rollback.hpp>
#include <berth/error.hpp>
#include <run/aside.hpp>
#include <run/bus_library.hpp>
#include <run/oci/cgroup.hpp>
#include <run/oci/scope.hpp>

namespace berth::run::oci {

namespace {

using Place = std::function<void(pid_t)>;

Place place_in_files(Launch& launch, State& state) {
    const auto& section = launch.bundle.lnx;
    const auto cgroup = make_cgroup(section, state.id);
    if (cgroup.path.empty()) return {};
    base::Rollback undo;
    if (cgroup.made) undo.add([&] { remove_cgroup(cgroup.path); });
    apply_limits(cgroup.path, section.limits);
    apply_device_rules(cgroup.path, section.limits);
    state.cgroup = cgroup.path;
    state.made_cgroup = cgroup.made;
    launch.placed_by_helper = true;
    undo.dismiss();
    return [path = cgroup.path](pid_t pid) { enter_cgroup(path, pid); };
}

Place place_in_scope(Launch& launch, State& state) {
    const auto place = scope_place(launch.bundle.lnx.cgroups_path, state.id);
    launch.placed_by_helper = true;
    state.scope = place.scope;
    return [&launch, &state, place](pid_t pid) {
        const auto& limits = launch.bundle.lnx.limits;
        start_scope({place.scope, place.slice, "container " + state.id, pid, unit_limits(limits)});
        state.cgroup = await_scope(place.scope, pid);
        apply_limits(state.cgroup, other_limits(limits));
        apply_device_rules(state.cgroup, limits);
    };
}

} // namespace

Place make_place(CgroupManager manager, Launch& launch, State& state) {
    switch (manager) {
    case CgroupManager::Files:
        return place_in_files(launch, state);
    case CgroupManager::Systemd:
        return place_in_scope(launch, state);
    case CgroupManager::Disabled:
        break;
    }
    if (wants_limits(launch.bundle.lnx.limits)) {
        throw Error(ErrorCode::Unsupported,
                    "the bundle asks for limits, and cgroups are disabled by --cgroup-manager");
    }
    return {};
}

void release_place(const State& state) {
    if (state.cgroup.empty()) return;
    if (!processes(state.cgroup).empty()) kill_all(state.cgroup);
    if (state.made_cgroup) remove_cgroup(state.cgroup);
}

void change_limits(const State& state, const spec::CgroupLimits& limits) {
    if (state.cgroup.empty()) {
        throw Error(ErrorCode::Unsupported, "the container has no cgroup of its own to limit");
    }
    if (state.scope.empty()) return apply_limits(state.cgroup, limits);
    change_unit(state.scope, unit_limits(limits));
    apply_limits(state.cgroup, other_limits(limits));
}

} // namespace berth::run::oci
