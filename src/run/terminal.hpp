// SPDX-License-Identifier: LGPL-2.1-or-later
// A terminal in the container's own devpts, opened without following any name the container
// controls: its ptmx is verified, its other end comes from TIOCGPTPEER.
#pragma once

#include <sys/types.h>

#include <base/dir.hpp>
#include <base/fd.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

struct Terminal {
    base::Fd master;
    base::Fd slave;
};

/// Opens one in `root`'s /dev/pts. Rows and columns come from the process, where given.
[[nodiscard]] Terminal open_terminal(const base::Dir& root, const spec::Process& process);

/// Makes it /dev/console of the container.
void show_console(const base::Dir& root, const Terminal& terminal);

/// Makes it the controlling terminal and standard input, output and error of the calling process.
void take_terminal(const Terminal& terminal, uid_t owner);

} // namespace berth::run
