// SPDX-License-Identifier: LGPL-2.1-or-later
// Which address a new container gets. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>

#include <berth/network.hpp>

namespace berth::container {

/// The lowest free address of the subnet (of its range, when it has one): neither its first, last
/// nor gateway address, nor one of `taken`. Exhausted when none is left.
[[nodiscard]] std::string free_address(const Subnet& subnet, const std::set<std::string>& taken);
/// InvalidArgument unless `address` may be given to a container of this subnet.
void check_address(const Subnet& subnet, const std::string& address);
/// Is the address one of the subnet's?
[[nodiscard]] bool contains(const Subnet& subnet, const std::string& address);
/// "172.20.0.2" in 172.20.0.0/16 -> "172.20.0.2/16"
[[nodiscard]] std::string with_prefix(const Subnet& subnet, const std::string& address);

} // namespace berth::container
