// SPDX-License-Identifier: LGPL-2.1-or-later
// Rows of ListImages as docker lists them: one line a name.
#pragma once

#include "list.hpp"

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace berth::cli {

/// A reference as people write it: "docker.io/library/debian:12" is "debian:12".
[[nodiscard]] std::string familiar(const std::string& reference);
struct SplitReference {
    std::string repository;
    std::string tag; ///< "<none>" when it has none
};
/// At the colon of the tag; a port's colon is none.
[[nodiscard]] SplitReference split_reference(const std::string& reference);

struct ImageRowStyle {
    bool digests = false;
    bool truncate = true;
};
[[nodiscard]] const std::vector<std::string>& image_filter_keys();
/// .Repository .Tag .Digest .ID .CreatedSince .CreatedAt .Size .Containers .Labels; images given
/// newest first.
[[nodiscard]] std::vector<nlohmann::json> image_rows(const std::vector<nlohmann::json>& images,
                                                     const std::vector<Filter>& filters,
                                                     ImageRowStyle style);

} // namespace berth::cli
