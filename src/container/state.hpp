// SPDX-License-Identifier: LGPL-2.1-or-later
// What a container is doing: joined from its record and its unit.
#pragma once

#include <string>

#include <store/records.hpp>
#include <systemd/units.hpp>

namespace berth::container {

enum class State { Created, Running, Paused, Restarting, Exited, Dead };

struct Condition {
    State state = State::Created;
    int pid = 0;                 ///< of the init, in the host's namespace
    store::Usec started_at = 0;  ///< of the last start
    store::Usec finished_at = 0; ///< 0: it runs, or never ran
    int exit_code = 0;
    unsigned restart_count = 0;
    std::string control_group; ///< "/berth.slice/berth-web.service", when it has one
};

/// docker's word: "created", "running", "paused", "restarting", "exited", "dead".
[[nodiscard]] const char* state_name(State state) noexcept;
[[nodiscard]] Condition condition_of(const store::ContainerRecord& record,
                                     const systemd::ServiceStatus& unit);
[[nodiscard]] bool is_active(State state) noexcept; ///< running, paused or restarting

} // namespace berth::container
