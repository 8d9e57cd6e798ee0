// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fd.hpp"

#include <array>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>

#include <berth/error.hpp>

namespace berth::base {

Fd Fd::duplicate() const {
    const int copy = ::fcntl(fd_, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) throw_errno("cannot duplicate a file descriptor");
    return Fd(copy);
}

Pipe make_pipe(int bytes) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) < 0) throw_errno("cannot make a pipe");
    if (bytes > 0) ::fcntl(ends[1], F_SETPIPE_SZ, bytes);
    return {Fd(ends[0]), Fd(ends[1])};
}

SocketPair make_socket_pair(int type) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) < 0) {
        throw_errno("cannot make a socket pair");
    }
    return {Fd(ends[0]), Fd(ends[1])};
}

void send_fd(int socket, int fd, char tag) {
    iovec part{&tag, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) throw_errno("cannot send a file descriptor");
}

ReceivedFd receive_fd(int socket) {
    ReceivedFd received;
    iovec part{&received.tag, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t count = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (count < 0) throw_errno("cannot receive a file descriptor");
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (count > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
        received.fd.reset(fd);
    }
    return received;
}

} // namespace berth::base
