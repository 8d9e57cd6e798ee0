// SPDX-License-Identifier: LGPL-2.1-or-later
// System call policies: the default one, as strict as docker's, and profiles users give in docker's
// JSON format (--security-opt seccomp=FILE). Both become a spec::SeccompPolicy for one container:
// what depends on its capabilities and on the machine is decided here. Pure data.
// Source: docs.docker.com/engine/security/seccomp; the format is OCI's with "includes",
// "excludes" and "archMap".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <spec/bundle_linux.hpp>

namespace berth::spec {

/// The largest profile that is read.
inline constexpr std::size_t kSeccompProfileLimit = 1U << 20U;

/// The default policy for a container with these capabilities (its bounding set, "CAP_..." names).
[[nodiscard]] SeccompPolicy default_seccomp(const std::vector<std::string>& capabilities);
/// The same from a profile as JSON text. InvalidArgument says what is wrong where.
[[nodiscard]] SeccompPolicy parse_seccomp_profile(std::string_view json,
                                                  const std::vector<std::string>& capabilities);

} // namespace berth::spec
