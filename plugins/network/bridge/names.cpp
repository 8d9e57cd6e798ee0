// SPDX-License-Identifier: LGPL-2.1-or-later
#include "names.hpp"

#include <algorithm>

#include <base/strings.hpp>

namespace berth::bridge {

namespace {

constexpr const char* kAliasMark = "berth";

std::uint64_t leading_bits(const std::string& hex, std::size_t digits) {
    return std::stoull(hex.substr(0, digits), nullptr, 16);
}

} // namespace

std::string bridge_name(const NetworkConfig& network) {
    return network.name == kDefaultNetwork ? kDefaultInterface : "br-" + network.id.brief();
}

std::string veth_name(const NetworkId& network, const ContainerId& container) {
    constexpr std::size_t kDigits = 11; // an interface name has at most 15 characters
    static constexpr const char* kHex = "0123456789abcdef";
    std::uint64_t bits =
        leading_bits(network.str(), kDigits) ^ leading_bits(container.str(), kDigits);
    std::string digits(kDigits, '0');
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, bits >>= 4U) {
        *digit = kHex[bits & 0xfU];
    }
    return "veth" + digits;
}

std::string bridge_alias(const NetworkId& network) {
    return std::string(kAliasMark) + " " + network.str();
}

std::string veth_alias(const NetworkId& network, const ContainerId& container) {
    return bridge_alias(network) + " " + container.str();
}

std::optional<Owner> owner_of(const std::string& alias) {
    const auto words = base::split(alias, ' ');
    if (words.size() < 2 || words.size() > 3 || words[0] != kAliasMark) return std::nullopt;
    if (!std::all_of(words.begin() + 1, words.end(), is_hex64)) return std::nullopt;
    return Owner{words[1], words.size() == 3 ? words[2] : ""};
}

netlink::Mac mac_for(const base::IpAddress& address) {
    const std::string_view bytes = address.bytes();
    netlink::Mac mac{0x02, 0x62};
    std::copy(bytes.end() - 4, bytes.end(), mac.begin() + 2);
    return mac;
}

netlink::Mac mac_for_host_end(const ContainerId& container) {
    const std::uint64_t bits = leading_bits(container.str(), 8);
    netlink::Mac mac{0x02, 0x63};
    for (unsigned i = 0; i < 4; ++i)
        mac[2 + i] = static_cast<std::uint8_t>(bits >> (8 * i));
    return mac;
}

} // namespace berth::bridge
