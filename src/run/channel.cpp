// SPDX-License-Identifier: LGPL-2.1-or-later
#include "channel.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace berth::run {

namespace {

constexpr std::size_t kMaxMessage = 4096;

struct Packet {
    std::array<char, kMaxMessage> bytes{};
    std::size_t size = 0;
    base::Fd fd;
};

Packet receive(int socket) {
    Packet packet;
    iovec part{packet.bytes.data(), packet.bytes.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t count = -1;
    do {
        count = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (count < 0 && errno == EINTR);
    if (count < 0 && errno != ECONNRESET) throw_errno("cannot hear from the container's process");
    packet.size = count < 0 ? 0 : static_cast<std::size_t>(count);
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (packet.size > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
        packet.fd.reset(fd);
    }
    return packet;
}

} // namespace

void Channel::say(Word word) const {
    const char byte = static_cast<char>(word);
    if (::send(socket_.get(), &byte, 1, MSG_NOSIGNAL) < 0) {
        throw_errno("cannot speak to the other half of the start");
    }
}

void Channel::say_with(Word word, int fd) const {
    base::send_fd(socket_.get(), fd, static_cast<char>(word));
}

void Channel::say_failed(int exit_code, const char* message) const noexcept {
    std::array<char, 2> head{static_cast<char>(Word::Failed), static_cast<char>(exit_code)};
    std::array<iovec, 2> parts{
        {{head.data(), head.size()},
         {const_cast<char*>(message), std::min(std::strlen(message), kMaxMessage - 3)}}};
    msghdr packet{};
    packet.msg_iov = parts.data();
    packet.msg_iovlen = parts.size();
    ::sendmsg(socket_.get(), &packet, MSG_NOSIGNAL);
}

Said Channel::listen() const {
    auto packet = receive(socket_.get());
    if (packet.size == 0) return {};
    const auto word = static_cast<Word>(packet.bytes[0]);
    if (word == Word::Failed && packet.size >= 2) {
        const std::string text(packet.bytes.data() + 2, packet.size - 2);
        throw StartError(static_cast<unsigned char>(packet.bytes[1]), Error(ErrorCode::Io, text));
    }
    return {word, std::move(packet.fd)};
}

void Channel::expect(Word word) const {
    if (listen().word != word) {
        throw Error(ErrorCode::Cancelled, "the start was given up by its other half");
    }
}

ChannelPair make_channel() {
    auto pair = base::make_socket_pair(SOCK_SEQPACKET);
    return {Channel(std::move(pair.first)), Channel(std::move(pair.second))};
}

} // namespace berth::run
