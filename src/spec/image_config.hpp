// SPDX-License-Identifier: LGPL-2.1-or-later
// An image's configuration: what docker and OCI call config.json. Read from untrusted JSON with
// bounds; fields berth does not know are kept in `raw` and go out again unchanged.
// Source: OCI image-spec, config.md; moby image/spec/v1.2.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <berth/id.hpp>

namespace berth::spec {

struct HistoryEntry {
    std::string created; ///< RFC 3339
    std::string created_by;
    std::string author;
    std::string comment;
    bool empty_layer = false;
};

struct ImageConfig {
    std::string created; ///< RFC 3339, may be empty
    std::string author;
    std::string architecture;
    std::string os;
    std::string variant;

    std::string user;
    std::vector<std::string> exposed_ports; ///< "80/tcp"
    std::vector<std::string> env;
    std::vector<std::string> entrypoint;
    std::vector<std::string> cmd;
    std::vector<std::string> volumes;
    std::string working_dir;
    std::map<std::string, std::string> labels;
    std::string stop_signal;
    std::vector<std::string> shell;
    std::vector<std::string> on_build;

    std::vector<Digest> diff_ids;
    std::vector<HistoryEntry> history;

    std::string raw; ///< the JSON text it was parsed from; empty for a new one
};

/// Parses at most 4 MiB; throws Corrupt with what is wrong where. Counts of layers and history
/// entries are checked against each other.
[[nodiscard]] ImageConfig parse_image_config(std::string_view json);
/// Writes it, starting from `raw` so that unknown fields stay. The digest of the result is the
/// image's id.
[[nodiscard]] std::string dump_image_config(const ImageConfig& config);

/// Chain ids of the layers, lowest first. Source: OCI image-spec, config.md, "Layer ChainID".
[[nodiscard]] std::vector<LayerId> chain_ids(const std::vector<Digest>& diff_ids);

} // namespace berth::spec
