// SPDX-License-Identifier: LGPL-2.1-or-later
// Docker's words for namespaces and security options. Pure.
// Source: docs.docker.com/reference/cli/docker/container/run.
#pragma once

#include <string>
#include <string_view>

#include <spec/container_spec.hpp>

namespace berth::spec {

/// --network: "default", "bridge", "host", "none", "container:NAME", a network's name.
[[nodiscard]] std::string parse_network_mode(std::string_view text);
[[nodiscard]] std::string parse_pid_mode(std::string_view text); ///< "", "host", "container:NAME"
[[nodiscard]] std::string parse_ipc_mode(std::string_view text); ///< the same and "none"
[[nodiscard]] std::string parse_uts_mode(std::string_view text); ///< "", "host"
[[nodiscard]] std::string parse_cgroupns(std::string_view text); ///< "private", "host"
void check_userns(std::string_view text);
/// --cgroup-parent: a slice's name, "web.slice".
[[nodiscard]] std::string parse_cgroup_parent(std::string_view text);

/// --security-opt: seccomp=unconfined, seccomp=<profile as JSON text>, no-new-privileges,
/// systempaths=unconfined, label=disable, apparmor=unconfined.
void apply_security_option(ContainerSpec& spec, std::string_view text);

/// The NAME of "container:NAME", or empty.
[[nodiscard]] std::string shared_container(std::string_view mode);

} // namespace berth::spec
