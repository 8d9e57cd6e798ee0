// SPDX-License-Identifier: LGPL-2.1-or-later
// The two kinds of archive that load.hpp reads.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <image/engine.hpp>
#include <image/spooled_archive.hpp>
#include <spec/job.hpp>

namespace berth::image {

/// The names that manifest.json has for each configuration.
using DockerNames = std::map<Digest, std::vector<std::string>>;

/// index.json and blobs by digest. `names` come beside those of the index.
[[nodiscard]] std::vector<spec::JobImage> load_oci(Engine& engine, SpooledArchive& archive,
                                                   const std::string& platform,
                                                   const DockerNames& names);

/// manifest.json.
[[nodiscard]] std::vector<spec::JobImage> load_docker(Engine& engine, SpooledArchive& archive);
[[nodiscard]] DockerNames read_docker_names(SpooledArchive& archive);

/// A name found in an archive as the engine writes it; empty for what is none.
[[nodiscard]] std::string name_from_archive(const std::string& text);

} // namespace berth::image
