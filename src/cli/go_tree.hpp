// SPDX-License-Identifier: LGPL-2.1-or-later
// The parsed form of a template, from go_parser.cpp to go_template.cpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace berth::cli::go {

inline constexpr unsigned kMaxDepth = 64;

struct Pipeline;

enum class OperandKind { Dot, Variable, Literal, Function, Nested };

struct Operand {
    OperandKind kind = OperandKind::Dot;
    std::string name;                ///< of a variable ("$" is the top) or a function
    nlohmann::json literal;          ///< of a Literal
    std::shared_ptr<Pipeline> inner; ///< of a Nested one
    std::vector<std::string> fields; ///< ".A.B" behind it
};

struct Command {
    std::vector<Operand> operands;
};

struct Pipeline {
    std::vector<std::string> variables; ///< "$i", "$v" of "$i, $v := ..."
    bool declares = false;              ///< ":=", not "="
    std::vector<Command> commands;
    std::size_t at = 0; ///< where the action starts in the source
};

enum class NodeKind { List, Text, Action, If, Range, With, Break, Continue };

struct Node {
    NodeKind kind = NodeKind::List;
    std::string text;
    Pipeline pipeline;
    std::vector<Node> body;
    std::vector<Node> otherwise;
};

/// Throws InvalidArgument.
[[nodiscard]] Node parse(std::string_view source);
/// "template: LINE:COLUMN: MESSAGE" as InvalidArgument.
[[noreturn]] void fail_at(std::string_view source, std::size_t at, const std::string& message);

} // namespace berth::cli::go
