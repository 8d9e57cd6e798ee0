// SPDX-License-Identifier: LGPL-2.1-or-later
// Fd owns a file descriptor; -1 is empty. Everything opened in berth is close-on-exec.
#pragma once

#include <utility>

#include <unistd.h>

namespace berth::base {

class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) noexcept : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) reset(std::exchange(other.fd_, -1));
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    void reset(int fd = -1) noexcept {
        if (fd_ >= 0) ::close(fd_);
        fd_ = fd;
    }
    explicit operator bool() const noexcept { return fd_ >= 0; }

    /// A close-on-exec duplicate; throws berth::Error.
    [[nodiscard]] Fd duplicate() const;

  private:
    int fd_ = -1;
};

struct Pipe {
    Fd read;
    Fd write;
};
/// `bytes` of room are asked for where given; the kernel may allow fewer (pipe(7)).
[[nodiscard]] Pipe make_pipe(int bytes = 0);

struct SocketPair {
    Fd first;
    Fd second;
};
/// A pair of connected AF_UNIX sockets; `type` is SOCK_STREAM or SOCK_SEQPACKET.
[[nodiscard]] SocketPair make_socket_pair(int type);

/// Sends bytes and one descriptor over an AF_UNIX socket (SCM_RIGHTS).
void send_fd(int socket, int fd, char tag);
struct ReceivedFd {
    Fd fd;
    char tag = 0;
};
/// Receives what send_fd() sent; an empty Fd when the other side closed.
[[nodiscard]] ReceivedFd receive_fd(int socket);

} // namespace berth::base
