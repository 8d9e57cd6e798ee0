// SPDX-License-Identifier: LGPL-2.1-or-later
// A job's outcome as it goes over the bus. Pure.
#pragma once

#include <string>

#include <bus/value.hpp>
#include <spec/job.hpp>
#include <store/records.hpp>

namespace berth::daemon {

/// "running", "done", "failed", "cancelled".
[[nodiscard]] const char* job_state_name(store::JobState state) noexcept;

struct JobOutcome {
    bool ok = false;
    std::string error_name; ///< "org.berth1.Error.NotFound"; empty when ok
    std::string message;
    bus::Dict result; ///< images, digest, found, user, warnings: what the operation has
};
/// Of a finished job. What can't be read is an Internal failure.
[[nodiscard]] JobOutcome job_outcome(const store::JobRecord& record);
[[nodiscard]] bus::Dict to_dict(const spec::JobResult& result);

} // namespace berth::daemon
