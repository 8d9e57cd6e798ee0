// SPDX-License-Identifier: LGPL-2.1-or-later
// Everything about one object as JSON, for people, scripts and templates.
#pragma once

#include <string>

#include <container/engine.hpp>

namespace berth::container {

/// In docker's shape: Id, Created, Path, Args, State, Image, Name, Mounts, Config, HostConfig,
/// NetworkSettings. Source: docs.docker.com/reference/api/engine, "Inspect a container".
[[nodiscard]] std::string inspect_docker(Engine& engine, const ContainerId& id);
/// The OCI bundle: of the last start, or for one never started, as a start would write it now.
[[nodiscard]] std::string inspect_oci(Engine& engine, const ContainerId& id);

[[nodiscard]] std::string inspect_volume(Engine& engine, const std::string& name);
[[nodiscard]] std::string inspect_network(Engine& engine, const std::string& id_or_name);

} // namespace berth::container
