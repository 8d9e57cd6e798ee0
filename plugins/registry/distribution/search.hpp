// SPDX-License-Identifier: LGPL-2.1-or-later
// Finding repositories: by the search API where a host has one, else in its catalogue.
#pragma once

#include "client.hpp"

#include <string>
#include <vector>

#include <berth/registry.hpp>

namespace berth::distribution {

/// `credentials` of the target are used; best first, at most `limit`.
[[nodiscard]] std::vector<SearchResult> search(const Settings& settings, Knowledge& knowledge,
                                               const RegistryTarget& target,
                                               const std::string& term, unsigned limit);

} // namespace berth::distribution
