// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth login` and `berth search`: a registry asked directly, nothing stored but credentials.
#pragma once

#include <string>

#include <image/places.hpp>
#include <spec/job.hpp>

namespace berth::image {

/// Verifies the credentials with the registry, then keeps them for the user. `secret` is what came
/// by descriptor.
[[nodiscard]] spec::JobResult login(Places& places, const spec::LoginRequest& request,
                                    std::string secret);
[[nodiscard]] spec::JobResult search(Places& places, const spec::SearchRequest& request);

/// "[host/]word" of a search, docker.io where no host is named.
struct SearchTerm {
    std::string host;
    std::string word;
};
[[nodiscard]] SearchTerm parse_search_term(const std::string& text);

} // namespace berth::image
