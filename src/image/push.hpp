// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth push`: an image's blobs and manifest to a registry. What it has already is not sent.
#pragma once

#include <image/engine.hpp>
#include <spec/job.hpp>

namespace berth::image {

[[nodiscard]] spec::JobResult push(Places& places, Progress& progress,
                                   const spec::PushRequest& request);

} // namespace berth::image
