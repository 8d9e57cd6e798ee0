// SPDX-License-Identifier: LGPL-2.1-or-later
// Quotes and variables in an instruction's words: $a, ${a}, ${a:-w}, ${a-w}, ${a:+w}, ${a+w},
// ${a:?w}, ${a?w}, ${a#p}, ${a##p}, ${a%p}, ${a%%p}, ${a/p/r}, ${a//p/r}.
// What comes out of one word is bounded: Exhausted past it.
// Source: moby/buildkit, frontend/dockerfile/shell.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <dockerfile/node.hpp>

namespace berth::dockerfile {

/// What one word may become.
inline constexpr std::size_t kMaxExpanded = 1U << 20U;

using Lookup = std::function<std::optional<std::string>(const std::string&)>;

struct ExpandOptions {
    char escape = '\\';
    bool keep_quotes = false;  ///< quotes stay
    bool keep_escapes = false; ///< escape characters stay
    bool keep_unset = false;   ///< $a stays as it is when it has no value
};

/// One word. InvalidArgument for quotes and braces that are not closed, modifiers nobody knows, and
/// what ${a:?w} demands.
[[nodiscard]] std::string expand(std::string_view word, const Lookup& lookup,
                                 const ExpandOptions& options = {});
/// Several: white space outside quotes parts them, that of variables too.
[[nodiscard]] std::vector<std::string> expand_words(std::string_view text, const Lookup& lookup,
                                                    const ExpandOptions& options = {});

/// The `<<NAME` words of a line, without content.
[[nodiscard]] std::vector<Heredoc> find_heredocs(std::string_view line);

} // namespace berth::dockerfile
