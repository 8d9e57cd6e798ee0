// SPDX-License-Identifier: LGPL-2.1-or-later
#include "state.hpp"

namespace berth::container {

namespace {

State state_of(const store::ContainerRecord& record, const systemd::ServiceStatus& unit) {
    if (unit.loaded) {
        const bool frozen = unit.freezer_state == "frozen" || unit.freezer_state == "freezing";
        if (unit.running() || unit.active_state == "deactivating") {
            return frozen ? State::Paused : State::Running;
        }
        if (unit.sub_state == "auto-restart") return State::Restarting;
        // A start that has not said READY: as docker, not running before its command is.
        if (unit.active_state == "activating" && unit.restarts > 0) return State::Restarting;
    }
    if (record.exit.finished_at != 0) return State::Exited;
    // Started, and ended with nobody to write it down: the machine went down.
    return record.started_at != 0 && record.wanted ? State::Exited : State::Created;
}

} // namespace

const char* state_name(State state) noexcept {
    switch (state) {
    case State::Running:
        return "running";
    case State::Paused:
        return "paused";
    case State::Restarting:
        return "restarting";
    case State::Exited:
        return "exited";
    case State::Dead:
        return "dead";
    case State::Created:
        break;
    }
    return "created";
}

bool is_active(State state) noexcept {
    return state == State::Running || state == State::Paused || state == State::Restarting;
}

Condition condition_of(const store::ContainerRecord& record, const systemd::ServiceStatus& unit) {
    Condition condition{.state = state_of(record, unit)};
    condition.started_at = record.started_at;
    condition.restart_count = record.restart_count;
    if (condition.state == State::Running || condition.state == State::Paused) {
        condition.pid = static_cast<int>(unit.main_pid);
        if (unit.active_since != 0) {
            condition.started_at = static_cast<store::Usec>(unit.active_since);
        }
        condition.control_group = unit.control_group;
        return condition;
    }
    condition.finished_at = record.exit.finished_at;
    condition.exit_code = record.exit.exit_code;
    return condition;
}

} // namespace berth::container
