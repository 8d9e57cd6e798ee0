// SPDX-License-Identifier: LGPL-2.1-or-later
// What the helper and the process that becomes the container say to each other while the container
// is made: a pair of unnamed sockets, closed by the exec of the payload. Its end without an error
// message is the sign that the payload runs.
//     child: Terminal? HooksDue? Ready        helper: Go
//     child: Failed{exit code, message}, any time
#pragma once

#include <string>

#include <base/fd.hpp>
#include <berth/error.hpp>

namespace berth::run {

/// Exit codes of a start that failed, as docker has them.
inline constexpr int kExitEngine = 125;
inline constexpr int kExitNotExecutable = 126;
inline constexpr int kExitNotFound = 127;

/// A start that failed, with the exit code for it.
class StartError : public Error {
  public:
    StartError(int exit_code, const Error& error) : Error(error), exit_code_(exit_code) {}
    [[nodiscard]] int exit_code() const noexcept { return exit_code_; }

  private:
    int exit_code_;
};

enum class Word : char {
    Ended = 0,      ///< the other side closed
    Placed = 'p',   ///< helper: ids are mapped, the cgroup is the right one
    HooksDue = 'h', ///< child: namespaces and root are there, not yet entered
    Terminal = 't', ///< child: here is the terminal's master
    Ready = 'r',    ///< child: all that can be done before Go is done
    Listener = 'l', ///< child: here is the listener of its system call filter
    Go = 'g',       ///< helper: go on
    Failed = 'e',
};

struct Said {
    Word word = Word::Ended;
    base::Fd fd;
};

class Channel {
  public:
    explicit Channel(base::Fd socket) : socket_(std::move(socket)) {}

    void say(Word word) const;
    /// A word with a descriptor: Terminal, Listener, Ready of work that has one as its result.
    void say_with(Word word, int fd) const;
    /// For the child's last words; throws nothing.
    void say_failed(int exit_code, const char* message) const noexcept;

    /// Waits for the next word. Throws StartError for Failed.
    [[nodiscard]] Said listen() const;
    /// Waits for this one; Cancelled when the other side is gone.
    void expect(Word word) const;

    [[nodiscard]] int fd() const noexcept { return socket_.get(); }
    void close() { socket_.reset(); }

  private:
    base::Fd socket_;
};

struct ChannelPair {
    Channel helper;
    Channel child;
};
[[nodiscard]] ChannelPair make_channel();

} // namespace berth::run
