// SPDX-License-Identifier: LGPL-2.1-or-later
#include "attach_streams.hpp"

#include "options.hpp"
#include "terminal.hpp"

#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::cli {

StreamChoice choose_streams(const std::vector<std::string>& attach, bool interactive) {
    if (attach.empty()) return {interactive, true, true};
    StreamChoice choice{interactive, false, false};
    for (const auto& name : attach) {
        const std::string stream = base::to_lower(name);
        if (stream == "stdin")
            choice.in = true;
        else if (stream == "stdout")
            choice.out = true;
        else if (stream == "stderr")
            choice.err = true;
        else
            throw UsageError("invalid stream '" + base::printable(name) +
                             "' for --attach: it is stdin, stdout or stderr");
    }
    return choice;
}

void check_terminal(bool tty, bool input) {
    if (tty && input && ::isatty(STDIN_FILENO) == 0)
        throw Error(
            ErrorCode::InvalidArgument,
            "the input device is not a TTY: standard input is no terminal, so leave -t out");
}

void add_terminal_size(bus::Dict& request) {
    auto size = terminal_size(STDIN_FILENO);
    if (!size) size = terminal_size(STDOUT_FILENO);
    if (!size) return;
    request.set("rows", static_cast<std::uint32_t>(size->rows));
    request.set("columns", static_cast<std::uint32_t>(size->columns));
}

base::Fd take_terminal(const bus::Dict& result) {
    const auto terminal = result.get_or<bus::SharedFd>("terminal", nullptr);
    return terminal ? terminal->duplicate() : base::Fd();
}

} // namespace berth::cli
