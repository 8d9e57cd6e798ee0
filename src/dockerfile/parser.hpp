// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a Dockerfile: lines, continuations, comments, parser directives, heredocs. Takes what
// docker's parser takes: an unknown instruction is the checker's business (stages.hpp). Time and
// memory grow with the text.
// Source: https://docs.docker.com/reference/dockerfile/; moby/buildkit, frontend/dockerfile/parser.
#pragma once

#include <string_view>

#include <dockerfile/node.hpp>

namespace berth::dockerfile {

inline constexpr std::size_t kMaxFile = 1U << 20U;
inline constexpr std::size_t kMaxLine = 65535;

/// Throws SyntaxError.
[[nodiscard]] Tree parse(std::string_view text);

/// One instruction a line: (run "echo a").
[[nodiscard]] std::string dump(const Tree& tree);

} // namespace berth::dockerfile
