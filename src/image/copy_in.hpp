// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth cp - CONTAINER:PATH`: a tar into a container, by docker cp's rules. Nothing the archive or
// the container's links say leads out of the container's root.
#pragma once

#include <base/dir.hpp>
#include <berth/storage.hpp>
#include <spec/job.hpp>

namespace berth::image {

[[nodiscard]] spec::JobResult copy_in(Storage& storage, const spec::CopyInRequest& request,
                                      int tar_fd);

/// The same into a tree that is open; the request's container does not matter.
void copy_into(const base::Dir& root, const spec::CopyInRequest& request, int tar_fd);

} // namespace berth::image
