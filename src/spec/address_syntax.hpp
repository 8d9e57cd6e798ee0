// SPDX-License-Identifier: LGPL-2.1-or-later
// Names and addresses as docker's flags have them: --ip, --dns, --add-host, --mac-address,
// --hostname, --network-alias. Pure.
#pragma once

#include <string>
#include <string_view>

namespace berth::spec {

/// An IPv4 or IPv6 address, without zone or prefix.
[[nodiscard]] bool is_address(std::string_view text);
[[nodiscard]] bool is_ipv4(std::string_view text);
[[nodiscard]] bool is_ipv6(std::string_view text);

/// Up to `limit` characters of [a-zA-Z0-9._-], neither "." nor "-" at either end.
[[nodiscard]] bool is_host_name(std::string_view text, std::size_t limit = 253) noexcept;

/// "02:42:ac:11:00:02" in lower case; InvalidArgument for anything else and for a group address.
[[nodiscard]] std::string parse_mac(std::string_view text);
/// "name:address", "name=address", the address maybe "host-gateway", as "name:address".
[[nodiscard]] std::string parse_extra_host(std::string_view text);

} // namespace berth::spec
