// SPDX-License-Identifier: LGPL-2.1-or-later
// Docker's ways to name ports: -p, --expose and EXPOSE. Pure.
// Source: docs.docker.com/reference/cli/docker/container/run, "--publish", "--expose".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <berth/network.hpp>

namespace berth::spec {

/// "[[ADDRESS:]HOST-PORT[-END]:]PORT[-END][/tcp|udp|sctp]": one entry a port; host port 0 is one to
/// be chosen. IPv6 addresses stand in brackets.
[[nodiscard]] std::vector<PublishedPort> parse_publish(std::string_view text);
/// "80", "80/udp", "8000-8010": as "80/tcp", one a port; nothing when it is no port.
[[nodiscard]] std::optional<std::vector<std::string>> find_exposed(std::string_view text);
/// The same; InvalidArgument where that has nothing, `flag` for the message.
[[nodiscard]] std::vector<std::string> parse_expose(std::string_view flag, std::string_view text);

[[nodiscard]] const char* protocol_name(PortProtocol protocol) noexcept;
/// "80/tcp".
[[nodiscard]] std::string port_name(const PublishedPort& port);

/// Refuses two containers' ports on one port of the host.
void require_distinct_ports(const std::vector<PublishedPort>& ports);

} // namespace berth::spec
