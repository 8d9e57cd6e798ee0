// SPDX-License-Identifier: LGPL-2.1-or-later
// Units and their object paths: "a.service" is /org/freedesktop/systemd1/unit/a_2eservice.
#pragma once

#include <string>

namespace berth::systemd {

[[nodiscard]] std::string unit_path(const std::string& unit);
/// Empty when the path is no unit's.
[[nodiscard]] std::string unit_of_path(const std::string& path);

} // namespace berth::systemd
