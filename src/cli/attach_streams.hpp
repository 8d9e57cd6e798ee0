// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "stdio.hpp"

#include <string>
#include <vector>

#include <base/fd.hpp>
#include <bus/value.hpp>

namespace berth::cli {

using StreamChoice = StdioChoice;

/// From -a and -i: without -a everything, input only when interactive. Throws UsageError.
[[nodiscard]] StreamChoice choose_streams(const std::vector<std::string>& attach, bool interactive);
/// Docker's refusal of -i -t where standard input is no terminal.
void check_terminal(bool tty, bool input);
/// The master of the container's terminal, out of a reply's dictionary; empty when it has ended
/// already.
/// The size of our terminal goes with the request, so that the command finds it from its start.
void add_terminal_size(bus::Dict& request);
[[nodiscard]] base::Fd take_terminal(const bus::Dict& result);

} // namespace berth::cli
