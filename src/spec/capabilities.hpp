// SPDX-License-Identifier: LGPL-2.1-or-later
// The kernel's capabilities by name, and the sets docker gives a container. Pure.
// Source: capabilities(7), linux/capability.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth::spec {

/// Every capability berth knows, "CAP_CHOWN" first; the index is the kernel's number.
[[nodiscard]] const std::vector<std::string>& all_capabilities();
/// What a container has unless told otherwise: docker's fourteen.
[[nodiscard]] const std::vector<std::string>& default_capabilities();
/// "chown", "CAP_CHOWN", "cap_chown" -> 0; empty for no capability.
[[nodiscard]] std::optional<unsigned> capability_number(std::string_view name);

/// Docker's --cap-add and --cap-drop ("ALL" allowed in both, names with or without CAP_, any case)
/// applied to the default set, or to all when `privileged`. In the kernel's order.
/// InvalidArgument names one that does not exist.
[[nodiscard]] std::vector<std::string> resolve_capabilities(const std::vector<std::string>& add,
                                                            const std::vector<std::string>& drop,
                                                            bool privileged);

} // namespace berth::spec
