// SPDX-License-Identifier: LGPL-2.1-or-later
// Turns a terminal's output into journal records, a line each, with the fields a container's own
// output has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::daemon {

class TerminalLog {
  public:
    TerminalLog() = default;
    /// `fields` are "NAME=value"; none: nothing is written.
    explicit TerminalLog(std::vector<std::string> fields) : fields_(std::move(fields)) {}

    void write(std::string_view output);
    /// The last line, when it has no end yet.
    void finish();

  private:
    void send(std::string_view line);

    std::vector<std::string> fields_;
    std::string pending_;
};

} // namespace berth::daemon
