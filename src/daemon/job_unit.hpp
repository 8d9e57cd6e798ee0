// SPDX-License-Identifier: LGPL-2.1-or-later
// The unit a job runs in: berth-worker with only the rights its operation needs. Pure.
#pragma once

#include <cstdint>
#include <string>

#include <bus/value.hpp>
#include <spec/job.hpp>
#include <systemd/unit_properties.hpp>

namespace berth::daemon {

/// "berth-job-7.service" and back; 0 for another unit's name.
[[nodiscard]] std::string job_unit(std::uint64_t number);
[[nodiscard]] std::uint64_t job_of_unit(const std::string& unit);

struct JobStdio {
    bus::SharedFd in;  ///< what the operation reads: a tar, a secret
    bus::SharedFd out; ///< what it writes
};

[[nodiscard]] systemd::UnitProperties job_properties(std::uint64_t number,
                                                     const spec::JobOperation& operation,
                                                     const std::string& description,
                                                     const JobStdio& stdio);

} // namespace berth::daemon
