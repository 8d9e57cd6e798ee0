// SPDX-License-Identifier: LGPL-2.1-or-later
// Lists that come in pages: tags and catalogues.
// Source: OCI distribution-spec, "Listing Tags" (RFC 5988 Link headers).
#pragma once

#include "client.hpp"

#include <string>
#include <vector>

namespace berth::distribution {

/// The strings of member `key` over all pages, at most `limit`. `what` is for messages.
[[nodiscard]] std::vector<std::string> read_pages(Client& client, const std::string& path,
                                                  const char* key, std::size_t limit,
                                                  const std::string& what);

} // namespace berth::distribution
