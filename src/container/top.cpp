// SPDX-License-Identifier: LGPL-2.1-or-later
#include "top.hpp"

#include <container/errors.hpp>
#include <container/state.hpp>

namespace berth::container {

ProcessList top(Engine& engine, const ContainerId& id, const std::vector<std::string>& ps_options) {
    const auto record = engine.store().container(id);
    const auto unit = engine.units().status(record.unit);
    const auto condition = condition_of(record, unit);
    if (condition.pid == 0 || condition.control_group.empty()) throw NotRunning(record.name);
    return format_processes(read_processes(cgroup_processes(condition.control_group)), ps_options);
}

} // namespace berth::container
