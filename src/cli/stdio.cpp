// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stdio.hpp"

#include "client.hpp"

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

bus::SharedFd null_device(int flags) {
    base::Fd fd(::open("/dev/null", flags | O_CLOEXEC));
    if (!fd) throw_errno("cannot open /dev/null");
    return share_fd(std::move(fd));
}

bool readable(int fd) {
    pollfd state{fd, POLLIN, 0};
    return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLIN | POLLHUP)) != 0;
}

} // namespace

Stdio::Stdio(StdioChoice choice) : choice_(choice) {}

void Stdio::add_to(bus::Dict& options) {
    copies_.reserve(3);
    options.set("stdin", input(choice_.in));
    options.set("stdout", output(STDOUT_FILENO, choice_.out));
    options.set("stderr", output(STDERR_FILENO, choice_.err));
}

bus::SharedFd Stdio::input(bool wanted) {
    if (!wanted) return null_device(O_RDONLY);
    if (::isatty(STDIN_FILENO) == 0) return share_fd(STDIN_FILENO);
    base::Pipe pipe = base::make_pipe();
    const int to = pipe.write.get();
    copies_.push_back({STDIN_FILENO, to, std::move(pipe.write), false, nullptr});
    return share_fd(std::move(pipe.read));
}

bus::SharedFd Stdio::output(int fd, bool wanted) {
    if (!wanted) return null_device(O_WRONLY);
    if (::isatty(fd) == 0) return share_fd(fd);
    base::Pipe pipe = base::make_pipe();
    const int from = pipe.read.get();
    copies_.push_back({from, fd, std::move(pipe.read), true, nullptr});
    return share_fd(std::move(pipe.write));
}

bool Stdio::copy_some(Copy& copy) {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(copy.from, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) return false;
    std::string_view left(buffer.data(), static_cast<std::size_t>(got));
    while (!left.empty()) {
        const ssize_t put = ::write(copy.to, left.data(), left.size());
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false; // the reader has gone
        left.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

void Stdio::attach(bus::Event& event) {
    if (!copies_.empty()) std::signal(SIGPIPE, SIG_IGN); // a closed input is no reason to end
    for (auto& copy : copies_) {
        copy.source = event.add_io(copy.from, EPOLLIN, [&copy](std::uint32_t) {
            if (copy_some(copy)) return;
            copy.source.reset();
            copy.pipe.reset(); // end of input for the container
        });
    }
}

void Stdio::drain() {
    for (auto& copy : copies_) {
        copy.source.reset();
        while (copy.output && copy.pipe && readable(copy.from) && copy_some(copy)) {
        }
    }
}

} // namespace berth::cli
