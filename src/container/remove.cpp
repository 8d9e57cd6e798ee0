// SPDX-License-Identifier: LGPL-2.1-or-later
#include "remove.hpp"

#include <csignal>

#include <container/bundle_files.hpp>
#include <container/layers.hpp>
#include <container/state.hpp>
#include <container/volumes.hpp>

namespace berth::container {

namespace {

/// Kills all its processes and waits until the unit has ended, so that nothing uses the layer.
void end_unit(Engine& engine, const store::ContainerRecord& record) {
    const auto status = engine.units().status(record.unit);
    if (!status.loaded) return;
    try {
        engine.units().kill(record.unit, "all", SIGKILL);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
    }
    engine.units().stop(record.unit);
}

std::optional<store::ContainerRecord> find(Engine& engine, const ContainerId& id) {
    try {
        return engine.store().container(id);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return std::nullopt;
    }
}

} // namespace

void discard(Engine& engine, const store::ContainerRecord& record, bool volumes) {
    const auto forgotten = engine.store().remove_container(record.id, volumes);
    remove_container_layer(engine, record);
    remove_bundle_files(record.id);
    remove_volume_data(forgotten);
}

void remove(Engine& engine, const ContainerId& id, const RemoveOptions& options) {
    const auto lock = engine.lock(id);
    const auto record = engine.store().container(id);
    const auto status = engine.units().status(record.unit);
    const State state = condition_of(record, status).state;
    if (is_active(state) && !options.force) {
        throw Error(ErrorCode::Busy, "cannot remove container " + record.name + ": it is " +
                                         state_name(state) + "; stop it first, or use force");
    }
    end_unit(engine, record);
    discard(engine, record, options.volumes);
}

bool finish(Engine& engine, const ContainerId& id) {
    const auto lock = engine.lock(id);
    const auto record = find(engine, id);
    if (!record) return true;
    if (!record->auto_remove) return false;
    const auto status = engine.units().status(record->unit);
    // A unit that is loaded still has its end before it; one that has never run was just created.
    if (status.loaded && status.active_state != "inactive" && status.active_state != "failed") {
        return false;
    }
    if (!record->wanted && record->exit.finished_at == 0) return false;
    discard(engine, *record, true);
    return true;
}

} // namespace berth::container
