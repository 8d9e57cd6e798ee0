// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_result.hpp"

namespace berth::cli {

std::vector<bus::Dict> result_images(const bus::Dict& result) {
    auto images = result.find<std::vector<bus::Dict>>("images");
    if (images && !images->empty()) return *std::move(images);
    return {result};
}

bus::Dict first_image(const bus::Dict& result) {
    return result_images(result).front();
}

std::string result_image_id(const bus::Dict& result) {
    const auto id = first_image(result).get_or<std::string>("id", "");
    return id.empty() || id.starts_with("sha256:") ? id : "sha256:" + id;
}

} // namespace berth::cli
