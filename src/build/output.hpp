// SPDX-License-Identifier: LGPL-2.1-or-later
// What a build says: its own lines, and what its commands write, passed on as it comes. A reader
// that went away misses it; the build goes on.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <thread>

#include <base/fd.hpp>

namespace berth::build {

class Output {
  public:
    /// The descriptor stays the caller's.
    explicit Output(int fd) : fd_(fd) {}
    void line(const std::string& text);
    void write(std::string_view bytes) noexcept;

  private:
    int fd_;
};

/// A pipe for one command. Keeps the last lines that went through it.
class Relay {
  public:
    explicit Relay(Output& output);
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;
    ~Relay();

    /// For the command to write to.
    [[nodiscard]] int fd() const noexcept { return write_.get(); }
    /// Waits until everybody has closed the pipe.
    void finish();
    /// Made fit for a message; each line ends with a line feed.
    [[nodiscard]] std::string last_lines() const;

  private:
    void pump();
    void remember(std::string_view bytes);

    Output& output_;
    base::Fd read_;
    base::Fd write_;
    std::deque<std::string> lines_{""};
    std::thread thread_;
};

} // namespace berth::build
