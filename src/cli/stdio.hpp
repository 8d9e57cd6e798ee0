// SPDX-License-Identifier: LGPL-2.1-or-later
// The standard input, output and error a container without a terminal gets. Pipes and files are
// handed over as they are. A terminal is not: who has its descriptor can read what is typed on it,
// so its bytes are copied through a pipe.
#pragma once

#include <vector>

#include <base/fd.hpp>
#include <bus/event.hpp>
#include <bus/value.hpp>

namespace berth::cli {

struct StdioChoice {
    bool in = false; ///< otherwise nothing can be read
    bool out = true; ///< otherwise what is written is lost
    bool err = true;
};

class Stdio {
  public:
    explicit Stdio(StdioChoice choice);

    /// Sets stdin, stdout and stderr; call once.
    void add_to(bus::Dict& options);
    /// Starts copying for terminals.
    void attach(bus::Event& event);
    /// Copies what is left after the container's end.
    void drain();

  private:
    struct Copy {
        int from;
        int to;
        base::Fd pipe; ///< our end
        bool output;
        bus::Source source;
    };
    [[nodiscard]] bus::SharedFd output(int fd, bool wanted);
    [[nodiscard]] bus::SharedFd input(bool wanted);
    static bool copy_some(Copy& copy);

    StdioChoice choice_;
    std::vector<Copy> copies_;
};

} // namespace berth::cli
