// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth export`: a container's files, without its volumes, as a plain tar.
#pragma once

#include <berth/storage.hpp>
#include <spec/job.hpp>

namespace berth::image {

[[nodiscard]] spec::JobResult export_container(Storage& storage, const spec::ExportRequest& request,
                                               int tar_fd);

} // namespace berth::image
