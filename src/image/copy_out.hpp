// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth cp CONTAINER:PATH -`: something of a container as a tar.
#pragma once

#include <berth/storage.hpp>
#include <spec/job.hpp>

namespace berth::image {

[[nodiscard]] spec::JobResult copy_out(Storage& storage, const spec::CopyOutRequest& request,
                                       int tar_fd);

} // namespace berth::image
