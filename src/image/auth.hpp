// SPDX-License-Identifier: LGPL-2.1-or-later
// Registry credentials of one user: auth/<uid>.json (0600), by host. Secrets are never logged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <berth/registry.hpp>

namespace berth::image {

[[nodiscard]] std::optional<RegistryCredentials> find_credentials(std::uint32_t uid,
                                                                  const std::string& host);
/// Replaces what is kept for the host. Durable.
void keep_credentials(std::uint32_t uid, const std::string& host,
                      const RegistryCredentials& credentials);
/// False when there were none.
bool forget_credentials(std::uint32_t uid, const std::string& host);
/// Hosts with credentials, sorted.
[[nodiscard]] std::vector<std::string> hosts_with_credentials(std::uint32_t uid);

} // namespace berth::image
