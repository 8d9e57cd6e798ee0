// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tty_relay.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::cli {
namespace {

// Others share the master, so it is not made non-blocking: so little is written at a time that a
// terminal which has room takes it whole.
constexpr std::size_t kPiece = 512;

base::Fd copy_of(int fd) {
    base::Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy) throw_errno("cannot watch the terminal");
    return copy;
}

} // namespace

TtyRelay::TtyRelay(bus::Event& event, base::Fd master, bool input, DetachKeys keys)
    : event_(event), master_(std::move(master)), writer_(copy_of(master_.get())),
      keys_(std::move(keys)), block_({SIGWINCH}) {
    copy_size();
    resized_ = event.add_signal(SIGWINCH, [this] { copy_size(); });
    output_ = event.add_io(master_.get(), EPOLLIN, [this](std::uint32_t) {
        if (show()) return;
        closed_ = true;
        output_.reset();
    });
    if (!input) return;
    if (::isatty(STDIN_FILENO) != 0) raw_ = std::make_unique<RawMode>(STDIN_FILENO);
    input_ = event.add_io(STDIN_FILENO, EPOLLIN, [this](std::uint32_t) { typed(); });
}

void TtyRelay::copy_size() {
    auto size = terminal_size(STDOUT_FILENO);
    if (!size) size = terminal_size(STDIN_FILENO);
    if (size) set_terminal_size(master_.get(), *size);
}

void TtyRelay::typed() {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
        input_.reset();
        return;
    }
    const auto passed = keys_.feed({buffer.data(), static_cast<std::size_t>(got)});
    pending_ += passed.bytes;
    if (passed.detach) {
        detached_ = true;
        return;
    }
    if (!pending_.empty()) send();
}

// Typing waits while the container's side is full.
void TtyRelay::send() {
    pollfd state{writer_.get(), POLLOUT, 0};
    while (!pending_.empty() && ::poll(&state, 1, 0) > 0 && (state.revents & POLLOUT) != 0) {
        const std::size_t piece = std::min(pending_.size(), kPiece);
        const ssize_t put = ::write(writer_.get(), pending_.data(), piece);
        if (put <= 0) break;
        pending_.erase(0, static_cast<std::size_t>(put));
    }
    if (pending_.empty() || closed_) {
        room_.reset();
        if (!input_)
            input_ = event_.add_io(STDIN_FILENO, EPOLLIN, [this](std::uint32_t) { typed(); });
    } else if (!room_) {
        input_.reset();
        room_ = event_.add_io(writer_.get(), EPOLLOUT, [this](std::uint32_t) { send(); });
    }
}

bool TtyRelay::show() {
    std::array<char, 16384> buffer{};
    const ssize_t got = ::read(master_.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) return false; // EIO: nobody has the other side open
    base::write_all(STDOUT_FILENO, {buffer.data(), static_cast<std::size_t>(got)});
    return true;
}

void TtyRelay::drain() {
    output_.reset();
    pollfd state{master_.get(), POLLIN, 0};
    while (!closed_ && ::poll(&state, 1, 0) > 0 && (state.revents & POLLIN) != 0) {
        if (!show()) closed_ = true;
    }
}

} // namespace berth::cli
