// SPDX-License-Identifier: LGPL-2.1-or-later
// Signals by name, as kill(1) and docker spell them. Source: signal(7).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::spec {

/// "SIGTERM", "term", "15", "RTMIN+3", "SIGRTMAX-1"; empty for anything else.
[[nodiscard]] std::optional<int> parse_signal(std::string_view text);
/// "SIGTERM", "SIGRTMIN+3"; the number as text when it has no name.
[[nodiscard]] std::string signal_name(int signal);

} // namespace berth::spec
