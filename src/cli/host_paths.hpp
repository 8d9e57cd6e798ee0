// SPDX-License-Identifier: LGPL-2.1-or-later
// Paths of this machine in -v and --mount, made absolute here because berthd has another working
// directory.
#pragma once

#include <string>
#include <vector>

namespace berth::cli {

/// "./data:/data:ro" becomes "/srv/data:/data:ro" in /srv; volume names and "/target" stay.
[[nodiscard]] std::vector<std::string> absolute_volumes(const std::vector<std::string>& volumes);
/// The same for source= of type=bind.
[[nodiscard]] std::vector<std::string> absolute_mounts(const std::vector<std::string>& mounts);

} // namespace berth::cli
