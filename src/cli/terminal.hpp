// SPDX-License-Identifier: LGPL-2.1-or-later
// The user's terminal: its size, raw mode that is always undone, text widths.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::cli {

struct TerminalSize {
    unsigned columns = 80;
    unsigned rows = 24;
};

/// Empty when `fd` is no terminal. $COLUMNS is not looked at.
[[nodiscard]] std::optional<TerminalSize> terminal_size(int fd);
void set_terminal_size(int fd, TerminalSize size);
/// Whether colours may be used on `fd`: a terminal that is not "dumb", and no NO_COLOR.
[[nodiscard]] bool wants_colour(int fd);

/// How many columns UTF-8 text takes; a byte that is no UTF-8 counts as one.
[[nodiscard]] std::size_t display_width(std::string_view text);
/// Cut to at most `columns`, with "…" at the end when something was cut.
[[nodiscard]] std::string truncated(std::string_view text, std::size_t columns);

/// Puts a terminal into raw mode while it lives. It is restored as well when the process ends by
/// exit() or by a signal that a handler can see; at most one at a time.
class RawMode {
  public:
    explicit RawMode(int fd);
    RawMode(const RawMode&) = delete;
    RawMode& operator=(const RawMode&) = delete;
    ~RawMode();
};

/// Reads a line without echo; empty at end of input. Throws InvalidArgument without a terminal.
[[nodiscard]] std::string read_secret(const std::string& prompt);
/// Reads a line with echo from the terminal, for names.
[[nodiscard]] std::string read_answer(const std::string& prompt);

} // namespace berth::cli
