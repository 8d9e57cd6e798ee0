// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth-run stopped ID`: ExecStopPost= of a container's unit. Works while berthd is dead, and any
// number of times.
#pragma once

#include <cstdint>
#include <string>

#include <berth/id.hpp>
#include <store/records.hpp>

namespace berth::run {

/// What systemd says about the end: $SERVICE_RESULT, $EXIT_CODE, $EXIT_STATUS (systemd.exec(5)).
struct ServiceEnd {
    std::string result;
    std::string code;
    std::string status;
    std::uint64_t oom_kills = 0; ///< of processes of the container; its init may live on
};
[[nodiscard]] store::ExitFacts exit_facts(const ServiceEnd& end, store::Usec now);

/// Records the end and takes away what the start made on the host.
void container_stopped(const ContainerId& id);

} // namespace berth::run
