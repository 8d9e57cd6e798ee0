// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "client.hpp"

#include <cstdio>
#include <string>

namespace berth::cli {

struct PullStyle {
    std::string platform;
    bool quiet = false;
    std::FILE* out = stdout;
};

/// Pulls an image, shows the progress and at the end docker's lines: digest, status. Returns the
/// full reference.
std::string pull_image(Client& client, const std::string& reference, const PullStyle& style);

/// "debian" as docker prints it where a tag is meant: "debian:latest".
[[nodiscard]] std::string with_default_tag(const std::string& reference);

} // namespace berth::cli
