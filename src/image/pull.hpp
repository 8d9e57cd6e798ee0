// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth pull`: an image from a registry into the blob store and the storage driver.
#pragma once

#include <image/engine.hpp>
#include <spec/job.hpp>

namespace berth::image {

[[nodiscard]] spec::JobResult pull(Engine& engine, const spec::PullRequest& request);

} // namespace berth::image
