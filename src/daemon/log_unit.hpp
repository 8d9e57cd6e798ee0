// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading a container's log: a short-lived unit, berth-logs-<8 hex>.service, writes the records to
// the client's descriptor. So a slow reader blocks nobody but itself, and the journal's files are
// parsed by a process with no other rights.
#pragma once

#include <cstdint>
#include <optional>

#include <bus/value.hpp>
#include <store/records.hpp>
#include <systemd/units.hpp>

namespace berth::daemon {

struct LogOrder {
    bus::SharedFd out;
    bool follow = false;
    std::optional<std::uint64_t> tail;
    std::optional<std::uint64_t> since; ///< microseconds since the epoch, like `until`
    std::optional<std::uint64_t> until;
};

/// Returns when it runs. Blocking.
void start_log_unit(systemd::Units& units, const store::ContainerRecord& record,
                    const LogOrder& order);

} // namespace berth::daemon
