// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of containers and of their units.
#pragma once

#include <functional>
#include <string>

namespace berth::container {

/// "calm_harbour": made up until `taken` says no.
[[nodiscard]] std::string make_up_name(const std::function<bool(const std::string&)>& taken);
/// InvalidArgument for what can't be a container's name, or is kept for berth's own units.
void check_name(const std::string& name);
/// "berth-NAME.service"
[[nodiscard]] std::string unit_of(const std::string& name);

} // namespace berth::container
