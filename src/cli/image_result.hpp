// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <bus/value.hpp>

namespace berth::cli {

/// "sha256:..." of the image a job made.
[[nodiscard]] std::string result_image_id(const bus::Dict& result);
/// The images of a job's result, at least one: the result itself when it has no list.
[[nodiscard]] std::vector<bus::Dict> result_images(const bus::Dict& result);
/// The first of the images of a job's result, or the result itself when it has no list.
[[nodiscard]] bus::Dict first_image(const bus::Dict& result);

} // namespace berth::cli
