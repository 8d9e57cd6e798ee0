// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth save`: images as one tar that is an OCI image layout and a docker archive at once. The
// same images and names always give the same bytes.
// Sources: OCI image-spec, image-layout.md; moby image/spec/v1.2.md, "Combined Image JSON".
#pragma once

#include <image/progress.hpp>
#include <spec/job.hpp>

namespace berth::image {

[[nodiscard]] spec::JobResult save(Progress& progress, const spec::SaveRequest& request,
                                   int tar_fd);

} // namespace berth::image
