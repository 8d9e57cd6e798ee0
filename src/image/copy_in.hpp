// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth cp - CONTAINER:PATH`: a tar into a container, by docker cp's rules. Nothing the archive or
// the container's links say leads out of the container's root.
#pragma once

#include <berth/storage.hpp>
#include <spec/job.hpp>

namespace berth::image {

[[nodiscard]] spec::JobResult copy_in(Storage& storage, const spec::CopyInRequest& request,
                                      int tar_fd);

} // namespace berth::image
