// SPDX-License-Identifier: LGPL-2.1-or-later
// WWW-Authenticate: what a registry wants to see before it lets us in.
// Source: RFC 9110, 11.6.1; distribution docs/spec/auth/token.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace berth::distribution {

struct Challenge {
    std::string scheme;                            ///< "bearer" or "basic"
    std::map<std::string, std::string> parameters; ///< names in lower case
    [[nodiscard]] std::string get(const std::string& name) const;
};

/// The bearer challenge of a header if it has one, else the basic one, else nothing.
[[nodiscard]] std::optional<Challenge> parse_challenge(std::string_view header);

} // namespace berth::distribution
