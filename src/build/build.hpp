// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth build`: from a Dockerfile and its context to an image, stage by stage.
#pragma once

#include <cstdint>

#include <build/host.hpp>
#include <image/engine.hpp>
#include <spec/job.hpp>

namespace berth::build {

/// The descriptors stay the caller's.
struct Streams {
    int context = -1; ///< a directory, or a tar
    int output = -1;
};

/// Never throws for what the Dockerfile or its commands do wrong: a result that is not ok has the
/// message, and with it whatever was pulled and made until then, so that it is not lost. `uid` is
/// the user whose rights count in the context.
[[nodiscard]] spec::JobResult build_image(image::Engine& engine, Host& host,
                                          const spec::BuildRequest& request, std::uint32_t uid,
                                          const Streams& streams);

} // namespace berth::build
