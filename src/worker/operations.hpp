// SPDX-License-Identifier: LGPL-2.1-or-later
// From a request to the pipeline that does it.
#pragma once

#include <image/progress.hpp>
#include <spec/job.hpp>

namespace berth::worker {

/// Does what is asked as job `number`; throws berth::Error when it can't.
[[nodiscard]] spec::JobResult run_operation(std::uint32_t number, const spec::JobRequest& request,
                                            image::Progress& progress);

} // namespace berth::worker
