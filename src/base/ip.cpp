// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ip.hpp"

#include <algorithm>

#include <arpa/inet.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::base {

std::optional<IpAddress> IpAddress::parse(const std::string& text) {
    IpAddress address;
    if (text.find('\0') != std::string::npos) return std::nullopt;
    if (::inet_pton(AF_INET, text.c_str(), address.bytes_.data()) == 1) return address;
    address.size_ = 16;
    if (::inet_pton(AF_INET6, text.c_str(), address.bytes_.data()) == 1) return address;
    return std::nullopt;
}

IpAddress IpAddress::from_bytes(std::string_view bytes) {
    if (bytes.size() != 4 && bytes.size() != 16) {
        throw Error(ErrorCode::Internal,
                    "an IP address of " + std::to_string(bytes.size()) + " bytes");
    }
    IpAddress address;
    address.size_ = static_cast<std::uint8_t>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
    return address;
}

std::string_view IpAddress::bytes() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()), size_};
}

std::string IpAddress::str() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(family(), bytes_.data(), text.data(), text.size());
    return text.data();
}

bool IpAddress::is_unspecified() const noexcept {
    return std::all_of(bytes_.begin(), bytes_.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_loopback() const noexcept {
    if (!is_v6()) return bytes_[0] == 127;
    return bytes_[15] == 1 && std::all_of(bytes_.begin(), bytes_.end() - 1,
                                          [](std::uint8_t byte) { return byte == 0; });
}

std::optional<IpAddress> IpAddress::plus(std::uint64_t count) const {
    IpAddress sum = *this;
    for (unsigned i = size_; i-- > 0 && count != 0;) {
        const std::uint64_t digit = sum.bytes_[i] + (count & 0xffU);
        sum.bytes_[i] = static_cast<std::uint8_t>(digit & 0xffU);
        count = (count >> 8U) + (digit >> 8U);
    }
    if (count != 0) return std::nullopt;
    return sum;
}

bool IpAddress::bit(unsigned index) const noexcept {
    return ((bytes_[index / 8] >> (7 - index % 8)) & 1U) != 0;
}

void IpAddress::set_bit(unsigned index, bool value) noexcept {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (index % 8));
    auto& byte = bytes_[index / 8];
    byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
}

std::optional<IpPrefix> IpPrefix::parse(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) return std::nullopt;
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address) return std::nullopt;
    const auto length = parse_number(text.substr(slash + 1), address->bits());
    if (!length) return std::nullopt;
    return IpPrefix{*address, static_cast<unsigned>(*length)};
}

std::string IpPrefix::str() const {
    return address.str() + "/" + std::to_string(length);
}

IpPrefix IpPrefix::network() const {
    IpPrefix cleared = *this;
    for (unsigned i = length; i < address.bits(); ++i)
        cleared.address.set_bit(i, false);
    return cleared;
}

IpAddress IpPrefix::last() const {
    IpAddress end = address;
    for (unsigned i = length; i < address.bits(); ++i)
        end.set_bit(i, true);
    return end;
}

bool IpPrefix::contains(const IpAddress& other) const noexcept {
    if (other.is_v6() != address.is_v6()) return false;
    for (unsigned i = 0; i < length; ++i) {
        if (other.bit(i) != address.bit(i)) return false;
    }
    return true;
}

bool IpPrefix::overlaps(const IpPrefix& other) const noexcept {
    return length <= other.length ? contains(other.address) : other.contains(address);
}

} // namespace berth::base
