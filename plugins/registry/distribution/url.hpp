// SPDX-License-Identifier: LGPL-2.1-or-later
// Addresses: taken apart, resolved against each other, escaped.
#pragma once

#include <string>
#include <string_view>

namespace berth::distribution {

struct Url {
    std::string scheme; ///< "https" or "http"
    std::string host;   ///< with the port where one is given: "localhost:5000"
    std::string path;   ///< with the query: "/v2/?n=1"

    [[nodiscard]] std::string str() const { return scheme + "://" + host + path; }
    /// Scheme, host and port: what credentials are bound to.
    [[nodiscard]] bool same_origin(const Url& other) const;
};

/// An absolute http or https address; Io for anything else, for user names in it, for control
/// characters.
[[nodiscard]] Url parse_url(std::string_view text);
/// A Location header, absolute or relative, as seen from `base`.
[[nodiscard]] Url resolve_url(const Url& base, std::string_view location);
/// "NAME=VALUE" put to the query, the value escaped.
[[nodiscard]] std::string with_query(const std::string& path, std::string_view name,
                                     std::string_view value);
/// All but letters, digits and "-._~" as %XX.
[[nodiscard]] std::string escape(std::string_view text);

} // namespace berth::distribution
