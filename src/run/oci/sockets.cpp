// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sockets.hpp"

#include <array>
#include <cstring>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <berth/error.hpp>

namespace berth::run::oci {

namespace {

/// An address takes 107 bytes of path: a longer one is given by its open directory.
class Address {
  public:
    explicit Address(const std::string& path) {
        address_.sun_family = AF_UNIX;
        auto text = path;
        if (text.size() >= sizeof address_.sun_path) {
            const auto slash = path.rfind('/');
            const auto directory =
                slash == std::string::npos ? std::string(".") : path.substr(0, slash);
            dir_.reset(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
            if (!dir_) throw_errno("cannot open '" + directory + "'");
            text = base::fd_path(dir_.get()) + path.substr(slash);
        }
        if (text.size() >= sizeof address_.sun_path) {
            throw Error(ErrorCode::InvalidArgument,
                        "the name of the socket '" + path.substr(0, 200) + "' is too long");
        }
        std::memcpy(static_cast<char*>(address_.sun_path), text.data(), text.size());
    }

    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&address_);
    }

  private:
    sockaddr_un address_{};
    base::Fd dir_;
};

base::Fd make_socket(int type) {
    base::Fd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    if (!fd) throw_errno("cannot make a socket");
    return fd;
}

base::Fd connect_to(const std::string& path, int type) {
    auto fd = make_socket(type);
    const Address address(path);
    if (::connect(fd.get(), address.get(), sizeof(sockaddr_un)) < 0) {
        throw_errno("cannot connect to '" + path + "'");
    }
    return fd;
}

} // namespace

base::Fd listen_for_start(const StateDir& dir) {
    auto fd = make_socket(SOCK_SEQPACKET);
    const Address address(dir.start_socket());
    if (::bind(fd.get(), address.get(), sizeof(sockaddr_un)) < 0 || ::listen(fd.get(), 8) < 0) {
        throw_errno("cannot listen on '" + dir.start_socket() + "'");
    }
    return fd;
}

Channel await_start(int listener) {
    for (;;) {
        base::Fd fd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
        if (!fd && errno != EINTR && errno != ECONNABORTED)
            throw_errno("cannot wait for the start");
        if (!fd) continue;
        Channel channel(std::move(fd));
        if (channel.listen().word == Word::Go) return channel;
    }
}

Channel connect_to_start(const StateDir& dir) {
    Channel channel(connect_to(dir.start_socket(), SOCK_SEQPACKET));
    if (::unlink(dir.start_socket().c_str()) < 0) {
        throw Error(ErrorCode::Busy, "the container is being started already");
    }
    return channel;
}

base::Fd connect_stream(const std::string& path) {
    return connect_to(path, SOCK_STREAM);
}

void send_with_fd(int socket, const std::string& text, int fd) {
    iovec part{const_cast<char*>(text.data()), text.size()};
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
    const auto sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0) throw_errno("cannot send a descriptor");
    if (static_cast<std::size_t>(sent) != text.size()) {
        throw Error(ErrorCode::Io, "the other side took only part of what was sent");
    }
}

} // namespace berth::run::oci
