// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <bus/value.hpp>

namespace berth::cli {

/// "sha256:..." of the image a job made.
[[nodiscard]] std::string result_image_id(const bus::Dict& result);
/// The first of the images of a job's result, or the result itself when it has no list.
[[nodiscard]] bus::Dict first_image(const bus::Dict& result);

} // namespace berth::cli
