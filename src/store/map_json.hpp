// SPDX-License-Identifier: LGPL-2.1-or-later
// Maps of strings as JSON text, as columns hold them.
#pragma once

#include <map>
#include <string>

namespace berth::store {

[[nodiscard]] std::string dump_map(const std::map<std::string, std::string>& map);
/// Corrupt for anything dump_map() did not write.
[[nodiscard]] std::map<std::string, std::string> parse_map(const std::string& json);

} // namespace berth::store
