// SPDX-License-Identifier: LGPL-2.1-or-later
// The pieces of parse_bundle(). Internal to spec.
#pragma once

#include <spec/bundle.hpp>
#include <spec/bundle_reader.hpp>

namespace berth::spec {

[[nodiscard]] Process read_process(const Reader& reader);
[[nodiscard]] LinuxSection read_linux(const Reader& reader);
[[nodiscard]] CgroupLimits read_limits(const Reader& reader);
[[nodiscard]] SeccompPolicy read_seccomp(const Reader& reader);
[[nodiscard]] SeccompArg read_seccomp_arg(const Reader& reader);
[[nodiscard]] std::vector<IdMapping> read_mappings(const Reader& reader, const char* key);

} // namespace berth::spec
