// SPDX-License-Identifier: LGPL-2.1-or-later
// What stands after an instruction's name, split as that instruction wants it.
// Source: moby/buildkit, frontend/dockerfile/parser.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dockerfile/node.hpp>

namespace berth::dockerfile {

/// The name alone and the rest without the `--flags` before it.
struct Command {
    std::string name;
    std::vector<std::string> flags;
    std::string rest;
};
[[nodiscard]] Command split_command(std::string_view line);

/// Fills args and json; throws Error where the form is wrong. Unknown instructions have one empty
/// argument.
void parse_arguments(Node& node, const std::string& rest, char escape);

/// Words between white space; quotes hold them together and stay.
[[nodiscard]] std::vector<std::string> split_words(std::string_view rest, char escape);

/// A JSON list of strings; nothing when it is no JSON list. InvalidArgument when it is one of other
/// values.
[[nodiscard]] std::optional<std::vector<std::string>> parse_json_list(std::string_view rest);

} // namespace berth::dockerfile
