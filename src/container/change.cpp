// SPDX-License-Identifier: LGPL-2.1-or-later
#include "change.hpp"

#include <container/limits.hpp>
#include <container/names.hpp>
#include <container/state.hpp>
#include <spec/container_config.hpp>

namespace berth::container {

void rename(Engine& engine, const ContainerId& id, const std::string& name) {
    check_name(name);
    const auto lock = engine.lock(id);
    const auto record = engine.store().container(id);
    if (record.name == name) {
        throw Error(ErrorCode::InvalidArgument, "the container is named '" + name + "' already");
    }
    const auto status = engine.units().status(record.unit);
    const bool has_unit = status.loaded && is_active(condition_of(record, status).state);
    engine.store().rename_container(id, name, has_unit ? record.unit : unit_of(name));
}

std::vector<std::string> update(Engine& engine, const ContainerId& id,
                                const spec::ConfigMap& config) {
    const auto lock = engine.lock(id);
    const auto record = engine.store().container(id);
    auto spec = spec::parse_container_spec(record.spec);
    const auto before = spec.resources;
    spec::update_container_spec(spec, config);
    const auto status = engine.units().status(record.unit);
    const bool running = status.loaded && is_active(condition_of(record, status).state);
    if (running) {
        const auto changed = changed_limits(before, spec.resources);
        if (!changed.entries().empty()) engine.units().set_properties(record.unit, changed);
    }
    engine.store().set_container_spec(id, spec::dump_container_spec(spec));
    if (running && config.contains("restart")) {
        return {"the restart policy takes effect at the container's next start"};
    }
    return {};
}

} // namespace berth::container
