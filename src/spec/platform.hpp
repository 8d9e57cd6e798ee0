// SPDX-License-Identifier: LGPL-2.1-or-later
// What machine an image is for: "linux/amd64", "linux/arm/v7".
// Source: OCI image-spec, image-index.md, "platform"; Go's GOARCH names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::spec {

struct Platform {
    std::string os;
    std::string architecture;
    std::string variant;
    [[nodiscard]] std::string str() const; ///< "linux/arm/v7"
    bool operator==(const Platform&) const = default;
};

/// Of the machine berth was built for.
[[nodiscard]] Platform host_platform();
/// "os/arch[/variant]" or a bare architecture; usual other spellings (x86_64, aarch64) are
/// understood. Empty: the host's. InvalidArgument for anything else.
[[nodiscard]] Platform parse_platform(std::string_view text);
/// How well an image for `offered` suits `wanted`: 0 is exact, more is worse, empty does not run.
[[nodiscard]] std::optional<int> platform_distance(const Platform& wanted, const Platform& offered);

} // namespace berth::spec
