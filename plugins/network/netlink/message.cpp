// SPDX-License-Identifier: LGPL-2.1-or-later
#include "message.hpp"

#include <cstring>

#include <berth/error.hpp>

namespace berth::netlink {

namespace {

[[noreturn]] void too_large() {
    throw Error(ErrorCode::Internal, "a netlink message does not fit its buffer");
}

} // namespace

Message::Message(std::uint16_t type, std::uint16_t flags, std::size_t capacity)
    : buffer_(capacity) {
    nlmsghdr* head = mnl_nlmsg_put_header(buffer_.data());
    head->nlmsg_type = type;
    head->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
}

void* Message::put_extra(std::size_t size) {
    if (header()->nlmsg_len + size + MNL_ALIGNTO > buffer_.size()) too_large();
    return mnl_nlmsg_put_extra_header(header(), size);
}

void Message::put(std::uint16_t type, std::string_view bytes) {
    if (!mnl_attr_put_check(header(), buffer_.size(), type, bytes.size(), bytes.data())) {
        too_large();
    }
}

void Message::put_u8(std::uint16_t type, std::uint8_t value) {
    put(type, {reinterpret_cast<const char*>(&value), sizeof value});
}

void Message::put_u32(std::uint16_t type, std::uint32_t value) {
    put(type, {reinterpret_cast<const char*>(&value), sizeof value});
}

void Message::put_name(std::uint16_t type, const std::string& text) {
    put(type, {text.c_str(), text.size() + 1});
}

void Message::append(const void* bytes, std::size_t size) {
    std::memcpy(put_extra(size), bytes, size);
}

Message::Nest::Nest(Message& message, std::uint16_t type)
    : message_(message), offset_(message.header()->nlmsg_len) {
    if (mnl_attr_nest_start_check(message.header(), message.buffer_.size(), type) == nullptr) {
        too_large();
    }
}

Message::Nest::~Nest() {
    mnl_attr_nest_end(message_.header(),
                      reinterpret_cast<nlattr*>(message_.buffer_.data() + offset_));
}

} // namespace berth::netlink
