// SPDX-License-Identifier: LGPL-2.1-or-later
// How help looks: groups of flags in two columns, folded to the width of the terminal.
#pragma once

#include "options.hpp"

#include <string>
#include <vector>

namespace berth::cli {

/// First argument by which `berth __complete` asks a verb for its flags.
inline constexpr const char* kListFlags = "__flags";

struct HelpPage {
    std::string command;
    std::string arguments;
    std::string summary;
    std::string note;
    std::vector<Option> options;
};

[[nodiscard]] std::string render_help(const HelpPage& page, unsigned columns);
/// Words folded at `columns`, every line but the first indented.
[[nodiscard]] std::string fold(const std::string& text, unsigned columns, unsigned indent);
/// The width help is folded to: the terminal's, within 60 and 120; 100 when there is none.
[[nodiscard]] unsigned help_columns();

/// Where a verb leaves its flags when it is asked for them.
[[nodiscard]] std::vector<Option>& listed_flags();

} // namespace berth::cli
