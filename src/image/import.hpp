// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth import`: a file system as tar, packed or not, becomes an image of one layer.
#pragma once

#include <image/engine.hpp>
#include <spec/job.hpp>

namespace berth::image {

/// Reads the tar from `tar_fd` to its end.
[[nodiscard]] spec::JobResult import_image(Engine& engine, const spec::ImportRequest& request,
                                           int tar_fd);

} // namespace berth::image
