// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_result.hpp"

#include <vector>

namespace berth::cli {

bus::Dict first_image(const bus::Dict& result) {
    const auto images = result.find<std::vector<bus::Dict>>("images");
    return images && !images->empty() ? images->front() : result;
}

std::string result_image_id(const bus::Dict& result) {
    const auto id = first_image(result).get_or<std::string>("id", "");
    return id.empty() || id.starts_with("sha256:") ? id : "sha256:" + id;
}

} // namespace berth::cli
