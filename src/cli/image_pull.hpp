// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace berth::cli {

struct PullStyle {
    std::string platform;
    bool quiet = false;
    std::FILE* out = stdout;
    bool all_tags = false;
};

/// Pulls an image, shows the progress and at the end docker's lines: digest, status. Returns the
/// full references: one, unless all tags are asked for.
std::vector<std::string> pull_images(Client& client, const std::string& reference,
                                     const PullStyle& style);
/// The same for a single image.
std::string pull_image(Client& client, const std::string& reference, const PullStyle& style);

/// "debian" as docker prints it where a tag is meant: "debian:latest".
[[nodiscard]] std::string with_default_tag(const std::string& reference);

} // namespace berth::cli
