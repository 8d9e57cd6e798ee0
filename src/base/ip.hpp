// SPDX-License-Identifier: LGPL-2.1-or-later
// IPv4 and IPv6 addresses and prefixes as values: parsed strictly, printed canonically, compared,
// counted with. No names are resolved.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>

namespace berth::base {

class IpAddress {
  public:
    /// "172.20.0.2" or "fd00::2"; nothing else.
    static std::optional<IpAddress> parse(const std::string& text);
    /// `bytes` are 4 or 16 in network byte order; throws Internal for another count.
    static IpAddress from_bytes(std::string_view bytes);

    [[nodiscard]] bool is_v6() const noexcept { return size_ == 16; }
    [[nodiscard]] int family() const noexcept { return is_v6() ? AF_INET6 : AF_INET; }
    [[nodiscard]] unsigned bits() const noexcept { return size_ * 8U; }
    /// The bytes in network order; valid as long as this.
    [[nodiscard]] std::string_view bytes() const noexcept;
    [[nodiscard]] std::string str() const;
    [[nodiscard]] bool is_unspecified() const noexcept;
    [[nodiscard]] bool is_loopback() const noexcept;

    /// This address and `count` more; empty past the last address there is.
    [[nodiscard]] std::optional<IpAddress> plus(std::uint64_t count) const;
    [[nodiscard]] bool bit(unsigned index) const noexcept;
    void set_bit(unsigned index, bool value) noexcept;

    auto operator<=>(const IpAddress&) const = default;

  private:
    std::uint8_t size_ = 4;
    std::array<std::uint8_t, 16> bytes_{};
};

/// An address with a prefix length; may have bits beyond the length (an interface's address).
struct IpPrefix {
    IpAddress address;
    unsigned length = 0;

    /// "172.20.0.0/16"; the length is needed.
    static std::optional<IpPrefix> parse(const std::string& text);

    [[nodiscard]] std::string str() const;
    /// The prefix with the bits beyond its length cleared, and its address with them set.
    [[nodiscard]] IpPrefix network() const;
    [[nodiscard]] IpAddress last() const;
    [[nodiscard]] bool contains(const IpAddress& other) const noexcept;
    [[nodiscard]] bool overlaps(const IpPrefix& other) const noexcept;

    auto operator<=>(const IpPrefix&) const = default;
};

} // namespace berth::base
