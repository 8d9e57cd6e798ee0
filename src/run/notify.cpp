// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <base/fd.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr int kBarrierTimeout = 10'000; // milliseconds; systemd that slow has other troubles

/// The supervisor's socket, connected; empty when there is none.
base::Fd open_socket() {
    const char* path = ::secure_getenv("NOTIFY_SOCKET");
    if (path == nullptr || (*path != '/' && *path != '@')) return {};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(path);
    if (length >= sizeof address.sun_path) {
        throw Error(ErrorCode::InvalidArgument, "$NOTIFY_SOCKET is too long");
    }
    std::memcpy(static_cast<char*>(address.sun_path), path, length);
    if (*path == '@') address.sun_path[0] = '\0';
    base::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
                         static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length)) < 0) {
        throw_errno("cannot reach systemd's notification socket");
    }
    return fd;
}

void say(const base::Fd& socket, std::string text, int passed_fd) {
    iovec part{text.data(), text.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (passed_fd >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &passed_fd, sizeof passed_fd);
    }
    if (::sendmsg(socket.get(), &message, MSG_NOSIGNAL) < 0) {
        throw_errno("cannot tell systemd about the container");
    }
}

/// Returns when systemd has handled all that was said before: it closes the pipe then.
void barrier(const base::Fd& socket) {
    base::Pipe pipe = base::make_pipe();
    say(socket, "BARRIER=1", pipe.write.get());
    pipe.write.reset();
    pollfd closed{.fd = pipe.read.get(), .events = 0, .revents = 0};
    if (::poll(&closed, 1, kBarrierTimeout) <= 0) {
        throw Error(ErrorCode::Io, "systemd did not take notice of the container in time");
    }
}

} // namespace

void notify_ready(pid_t main_pid) {
    const base::Fd socket = open_socket();
    if (!socket) return;
    say(socket, "MAINPID=" + std::to_string(main_pid) + "\nREADY=1", -1);
    barrier(socket);
}

} // namespace berth::run
