// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth commit`: what a container changed becomes one more layer on its image.
#pragma once

#include <image/engine.hpp>
#include <spec/job.hpp>

namespace berth::image {

[[nodiscard]] spec::JobResult commit(Engine& engine, const spec::CommitRequest& request);

} // namespace berth::image
