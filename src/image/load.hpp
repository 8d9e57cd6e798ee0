// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth load`: images out of a tar: a docker archive (docker save, skopeo, podman), an OCI image
// layout, or both in one.
#pragma once

#include <image/engine.hpp>
#include <spec/job.hpp>

namespace berth::image {

[[nodiscard]] spec::JobResult load(Engine& engine, const spec::LoadRequest& request, int tar_fd);

} // namespace berth::image
