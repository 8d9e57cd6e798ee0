// SPDX-License-Identifier: LGPL-2.1-or-later
// A tree that parse() took, held to the rules of the language: known instructions and flags, enough
// arguments, FROM first. What needs values of variables is found out by the build.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <dockerfile/node.hpp>

namespace berth::dockerfile {

struct Stage {
    const Node* from = nullptr;
    std::string name; ///< lower case, of `AS`; may be empty
    std::vector<const Node*> steps;
};

/// Refers to the tree.
struct Stages {
    std::vector<const Node*> global_args;
    std::vector<Stage> stages;
};

inline constexpr std::size_t kMaxStages = 1000;

/// Throws SyntaxError.
[[nodiscard]] Stages check(const Tree& tree);
/// One instruction within a stage; `on_build`: it waits in an image, where fewer are allowed.
void check_step(const Node& node, bool on_build);

/// The value of --name=value; empty: there is none.
[[nodiscard]] std::string flag_of(const Node& node, std::string_view name);
/// All values of a flag that may repeat.
[[nodiscard]] std::vector<std::string> flags_of(const Node& node, std::string_view name);

} // namespace berth::dockerfile
