// SPDX-License-Identifier: LGPL-2.1-or-later
// A netlink message being built, over libmnl. Attributes are bounded: one that does not fit throws
// Internal instead of running over. Source: netlink(7), linux/netlink.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <libmnl/libmnl.h>

namespace berth::netlink {

class Message {
  public:
    /// `flags` beside NLM_F_REQUEST, which is always set.
    Message(std::uint16_t type, std::uint16_t flags, std::size_t capacity = 2048);

    /// Appends the protocol's fixed header (ifinfomsg, rtmsg...), zeroed; before any attribute.
    template <class T>
    T& extra() {
        return *static_cast<T*>(put_extra(sizeof(T)));
    }

    void put(std::uint16_t type, std::string_view bytes);
    void put_u8(std::uint16_t type, std::uint8_t value);
    void put_u32(std::uint16_t type, std::uint32_t value);
    /// With the terminating NUL, as the kernel wants names.
    void put_name(std::uint16_t type, const std::string& text);

    /// What is put while it lives becomes the content of one attribute.
    class Nest {
      public:
        Nest(Message& message, std::uint16_t type);
        ~Nest();
        Nest(const Nest&) = delete;
        Nest& operator=(const Nest&) = delete;

      private:
        Message& message_;
        std::size_t offset_;
    };
    [[nodiscard]] Nest nest(std::uint16_t type) { return Nest(*this, type); }

    [[nodiscard]] nlmsghdr* header() noexcept {
        return reinterpret_cast<nlmsghdr*>(buffer_.data());
    }
    /// Appends raw bytes with no attribute header: a fixed header inside a nest.
    void append(const void* bytes, std::size_t size);

  private:
    void* put_extra(std::size_t size);

    std::vector<char> buffer_;
};

/// Calls `take` for each attribute behind a fixed header of `offset` bytes.
template <class Take>
void for_each_attribute(const nlmsghdr* head, std::size_t offset, Take&& take) {
    const auto* at = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(head, offset));
    const auto* end = static_cast<const char*>(mnl_nlmsg_get_payload_tail(head));
    for (; mnl_attr_ok(at, static_cast<int>(end - reinterpret_cast<const char*>(at)));
         at = mnl_attr_next(at)) {
        take(at);
    }
}

/// The same for the attributes in a nest.
template <class Take>
void for_each_nested(const nlattr* nest, Take&& take) {
    const auto* at = static_cast<const nlattr*>(mnl_attr_get_payload(nest));
    const char* end = reinterpret_cast<const char*>(at) + mnl_attr_get_payload_len(nest);
    for (; mnl_attr_ok(at, static_cast<int>(end - reinterpret_cast<const char*>(at)));
         at = mnl_attr_next(at)) {
        take(at);
    }
}

} // namespace berth::netlink
