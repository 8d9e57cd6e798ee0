// SPDX-License-Identifier: LGPL-2.1-or-later
// Docker's ways to ask for a mount: -v, --mount, --tmpfs, --volumes-from. Pure.
// Source: docs.docker.com/reference/cli/docker/container/run, "--volume", "--mount", "--tmpfs".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <spec/container_spec.hpp>

namespace berth::spec {

/// "/host:/target:ro", "name:/target", "/target"; options ro rw z Z nocopy and propagations.
[[nodiscard]] Mount parse_volume(std::string_view text);
/// "type=bind,source=/host,target=/target,readonly", a line of CSV.
[[nodiscard]] Mount parse_mount(std::string_view text);
/// "/target" or "/target:size=64m,mode=1770".
[[nodiscard]] Mount parse_tmpfs(std::string_view text);
/// "container", "container:ro".
[[nodiscard]] VolumesFrom parse_volumes_from(std::string_view text);

/// An absolute path without ".", ".." and doubled slashes; ".." at the top stays there. Throws
/// InvalidArgument (naming the flag) for a relative path, "/", and what lies over /proc.
[[nodiscard]] std::string clean_target(std::string_view flag, std::string_view path);
/// The same cleaning without the refusals.
[[nodiscard]] std::string clean_path(std::string_view path);

/// [a-zA-Z0-9][a-zA-Z0-9_.-]*, two to 128 characters for volumes (docker's rule).
[[nodiscard]] bool is_volume_name(std::string_view text) noexcept;
/// [a-zA-Z0-9][a-zA-Z0-9_.-]*, up to 128: becomes part of a unit's name.
[[nodiscard]] bool is_container_name(std::string_view text) noexcept;

/// Refuses two mounts on one target.
void require_distinct_targets(const std::vector<Mount>& mounts);

} // namespace berth::spec
