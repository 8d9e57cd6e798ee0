// SPDX-License-Identifier: LGPL-2.1-or-later
// --link: another container by an alias, and what its user finds in the environment. Pure.
// Source: docs.docker.com/engine/network/links.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <spec/container_spec.hpp>

namespace berth::spec {

struct Link {
    std::string container; ///< name or id
    std::string alias;
};

/// "NAME" or "NAME:ALIAS"; without an alias the container's name is it. InvalidArgument.
[[nodiscard]] Link parse_link(std::string_view text);
[[nodiscard]] std::string link_text(const Link& link);

/// ALIAS_NAME, ALIAS_PORT, ALIAS_PORT_6379_TCP and its parts, ALIAS_ENV_...: docker's variables in
/// the container `user` about the container that runs by `target` at `address`.
[[nodiscard]] std::vector<std::string> link_environment(const Link& link, const std::string& user,
                                                        const ContainerSpec& target,
                                                        const std::string& address);

} // namespace berth::spec
