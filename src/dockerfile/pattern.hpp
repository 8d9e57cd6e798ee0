// SPDX-License-Identifier: LGPL-2.1-or-later
// The patterns of ${a#p}, ${a%p} and ${a/p/r}: `*`, `?`, and `\` before what is meant as it is.
#pragma once

#include <string>
#include <string_view>

namespace berth::dockerfile {

enum class Greed { Shortest, Longest };

/// Without the part at the start (or end) that the pattern matches. Exhausted for patterns whose
/// work would have no bound.
[[nodiscard]] std::string trim_prefix(const std::string& value, std::string_view pattern,
                                      Greed greed);
[[nodiscard]] std::string trim_suffix(const std::string& value, std::string_view pattern,
                                      Greed greed);
[[nodiscard]] std::string replace(std::string_view value, std::string_view pattern,
                                  std::string_view replacement, bool all);

} // namespace berth::dockerfile
