// SPDX-License-Identifier: LGPL-2.1-or-later
#include "socket.hpp"

#include <cerrno>
#include <cstring>

#include <linux/netlink.h>
#include <sys/socket.h>

#include <berth/error.hpp>

namespace berth::netlink {

namespace {

constexpr std::size_t kReceiveBuffer = 64 * 1024;
constexpr int kDumpAttempts = 10;

void set_option(int fd, int level, int option, int value) {
    // An old kernel without one of these still works, with poorer messages.
    static_cast<void>(::setsockopt(fd, level, option, &value, sizeof value));
}

std::string extended_text(const nlmsghdr* head, const nlmsgerr* error) {
    if ((head->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
    std::string text;
    std::size_t offset = sizeof(nlmsgerr);
    if ((head->nlmsg_flags & NLM_F_CAPPED) == 0) {
        offset += error->msg.nlmsg_len - sizeof(nlmsghdr);
    }
    for_each_attribute(head, offset, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) != NLMSGERR_ATTR_MSG) return;
        const auto* bytes = static_cast<const char*>(mnl_attr_get_payload(attribute));
        text.assign(bytes, ::strnlen(bytes, mnl_attr_get_payload_len(attribute)));
    });
    return text;
}

/// The failure an NLMSG_ERROR message tells of; empty for an acknowledgement.
std::optional<Failure> failure_of(const nlmsghdr* head) {
    const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(head));
    if (head->nlmsg_len < mnl_nlmsg_size(sizeof *error)) return Failure{EBADMSG, "", 0};
    if (error->error == 0) return std::nullopt;
    return Failure{-error->error, extended_text(head, error), error->msg.nlmsg_seq};
}

struct Progress {
    bool done = false;
    bool interrupted = false; ///< what was dumped changed meanwhile
    std::optional<Failure> failure;
};

Progress read_answer(const char* bytes, std::size_t size, std::uint32_t sequence,
                     const std::function<void(const nlmsghdr*)>& take) {
    Progress progress;
    int left = static_cast<int>(size);
    const auto* head = reinterpret_cast<const nlmsghdr*>(bytes);
    for (; mnl_nlmsg_ok(head, left) && !progress.done; head = mnl_nlmsg_next(head, &left)) {
        if (head->nlmsg_seq != sequence) continue;
        progress.interrupted |= (head->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
        if (head->nlmsg_type == NLMSG_ERROR) progress.failure = failure_of(head);
        progress.done = head->nlmsg_type == NLMSG_ERROR || head->nlmsg_type == NLMSG_DONE;
        if (head->nlmsg_type >= NLMSG_MIN_TYPE) take(head);
    }
    return progress;
}

} // namespace

std::string Failure::str() const {
    const std::string reason = std::strerror(sys_errno);
    return text.empty() ? reason : reason + " (" + text + ")";
}

void throw_failure(const std::string& what, const Failure& failure) {
    throw Error(code_from_errno(failure.sys_errno), what + ": " + failure.str(), failure.sys_errno);
}

Socket Socket::open(int protocol) {
    base::Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    if (!fd) throw_errno("cannot open a netlink socket");
    set_option(fd.get(), SOL_NETLINK, NETLINK_EXT_ACK, 1);
    set_option(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, 1);
    set_option(fd.get(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
    return Socket(std::move(fd));
}

Socket::Socket(base::Fd fd) : fd_(std::move(fd)), buffer_(kReceiveBuffer) {}

void Socket::send(const void* bytes, std::size_t size) {
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    for (;;) {
        const ssize_t sent = ::sendto(fd_.get(), bytes, size, 0,
                                      reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
        if (sent >= 0) return;
        if (errno != EINTR) throw_errno("cannot send to the kernel by netlink");
    }
}

/// The size of the datagram now in the buffer; 0 when there is none and `flags` has MSG_DONTWAIT.
std::size_t Socket::receive(int flags) {
    for (;;) {
        const ssize_t got = ::recv(fd_.get(), buffer_.data(), buffer_.size(), flags | MSG_TRUNC);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
        if (got < 0) throw_errno("cannot receive from the kernel by netlink");
        if (static_cast<std::size_t>(got) > buffer_.size()) {
            throw Error(ErrorCode::Internal, "a netlink answer does not fit its buffer");
        }
        return static_cast<std::size_t>(got);
    }
}

std::optional<Failure> Socket::attempt(Message& message) {
    message.header()->nlmsg_flags |= NLM_F_ACK;
    return query(message, [](const nlmsghdr*) {});
}

void Socket::request(Message& message, const std::string& what) {
    if (const auto failure = attempt(message)) throw_failure(what, *failure);
}

std::optional<Failure> Socket::query(Message& message,
                                     const std::function<void(const nlmsghdr*)>& take,
                                     const std::function<void()>& restart) {
    // A single answer is followed by an acknowledgement, a dump by NLMSG_DONE: both end the loop.
    nlmsghdr* head = message.header();
    if ((head->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP) head->nlmsg_flags |= NLM_F_ACK;
    for (int attempt = 0;; ++attempt) {
        head->nlmsg_seq = ++sequence_;
        send(head, head->nlmsg_len);
        restart();
        Progress progress;
        for (bool interrupted = false; !progress.done;) {
            progress = read_answer(buffer_.data(), receive(0), sequence_, take);
            progress.interrupted = interrupted |= progress.interrupted;
        }
        if (!progress.interrupted || attempt == kDumpAttempts) return progress.failure;
    }
}

std::optional<Failure> Socket::transact(std::string_view batch) {
    const int room = static_cast<int>(batch.size() + 4096);
    set_option(fd_.get(), SOL_SOCKET, SO_SNDBUFFORCE, room);
    send(batch.data(), batch.size());
    std::optional<Failure> first;
    while (const std::size_t size = receive(MSG_DONTWAIT)) {
        int left = static_cast<int>(size);
        const auto* head = reinterpret_cast<const nlmsghdr*>(buffer_.data());
        for (; mnl_nlmsg_ok(head, left); head = mnl_nlmsg_next(head, &left)) {
            if (head->nlmsg_type == NLMSG_ERROR && !first) first = failure_of(head);
        }
    }
    return first;
}

} // namespace berth::netlink
