// SPDX-License-Identifier: LGPL-2.1-or-later
// What a job made becomes part of the records: from here on it counts.
#pragma once

#include <spec/job.hpp>
#include <store/store.hpp>

namespace berth::daemon {

/// Records the images of a finished job. Corrupt when an image's configuration does not fit it.
void keep_images(store::Store& store, const spec::JobResult& result);

/// An image as jobs take it: for push, save and commit.
[[nodiscard]] spec::JobImage job_image(store::Store& store, const Digest& id);

} // namespace berth::daemon
