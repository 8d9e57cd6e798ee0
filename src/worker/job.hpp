// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth-worker job N`: reads jobs/N/request.json, does it, writes jobs/N/result.json as its last
// act. SIGTERM cancels: what can end soon does, whatever can't is left to the kernel, and the
// result says Cancelled either way.
#pragma once

#include <cstdint>

namespace berth::worker {

/// Returns the exit status: 0 when the job succeeded.
[[nodiscard]] int run_job(std::uint64_t number);

} // namespace berth::worker
