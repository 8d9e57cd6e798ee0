// SPDX-License-Identifier: LGPL-2.1-or-later
#include "address_syntax.hpp"

#include <algorithm>

#include <base/ip.hpp>
#include <base/strings.hpp>
#include <spec/config_reader.hpp>

namespace berth::spec {

bool is_ipv4(std::string_view text) {
    const auto address = base::IpAddress::parse(std::string(text));
    return address && !address->is_v6();
}

bool is_ipv6(std::string_view text) {
    const auto address = base::IpAddress::parse(std::string(text));
    return address && address->is_v6();
}

bool is_address(std::string_view text) {
    return is_ipv4(text) || is_ipv6(text);
}

bool is_host_name(std::string_view text, std::size_t limit) noexcept {
    const auto alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    if (text.empty() || text.size() > limit) return false;
    if (!alphanumeric(text.front()) || !alphanumeric(text.back())) return false;
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return alphanumeric(c) || c == '.' || c == '-'; });
}

std::string parse_mac(std::string_view text) {
    std::string mac = base::to_lower(text);
    std::replace(mac.begin(), mac.end(), '-', ':');
    const auto parts = base::split(mac, ':');
    const bool fits = parts.size() == 6 && std::all_of(parts.begin(), parts.end(), [](auto& part) {
                          return part.size() == 2 &&
                                 part.find_first_not_of("0123456789abcdef") == std::string::npos;
                      });
    if (!fits) throw bad_value("mac-address", text, "expected six bytes as 02:42:ac:11:00:02");
    if (std::string_view("13579bdf").find(mac[1]) != std::string_view::npos) {
        throw bad_value("mac-address", text, "a group address can't be an interface's");
    }
    return mac;
}

std::string parse_extra_host(std::string_view text) {
    static constexpr std::string_view kExpected = "expected NAME:ADDRESS or NAME:host-gateway";
    const std::size_t equals = text.find('=');
    const std::size_t separator = equals != std::string_view::npos ? equals : text.find(':');
    if (separator == std::string_view::npos) throw bad_value("add-host", text, kExpected);
    const std::string_view name = text.substr(0, separator);
    std::string_view address = text.substr(separator + 1);
    if (address.size() > 1 && address.front() == '[' && address.back() == ']') {
        address = address.substr(1, address.size() - 2);
    }
    if (!is_host_name(name) || (address != "host-gateway" && !is_address(address))) {
        throw bad_value("add-host", text, kExpected);
    }
    return std::string(name) + ":" + std::string(address);
}

} // namespace berth::spec
