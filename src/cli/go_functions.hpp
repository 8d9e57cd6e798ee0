// SPDX-License-Identifier: LGPL-2.1-or-later
// The functions a template may call, and how values print.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace berth::cli::go {

[[nodiscard]] bool is_function(const std::string& name);
/// Throws InvalidArgument with docker's kind of message. `and` and `or` are not here: they don't
/// evaluate all their arguments.
[[nodiscard]] nlohmann::json call(const std::string& name, const std::vector<nlohmann::json>& args);
/// Go's idea: false, 0, "", nothing and what is empty are not true.
[[nodiscard]] bool truth(const nlohmann::json& value);
/// As {{.}} prints it: text plain, lists as [a b], maps as map[k:v], nothing as "<no value>".
[[nodiscard]] std::string printed(const nlohmann::json& value);
/// printf of Go: verbs v s q d x t f g c %, flags - + 0 and space, width and precision.
[[nodiscard]] std::string formatted(const std::vector<nlohmann::json>& args);

} // namespace berth::cli::go
