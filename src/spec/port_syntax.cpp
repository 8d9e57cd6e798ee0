// SPDX-License-Identifier: LGPL-2.1-or-later
#include "port_syntax.hpp"

#include <optional>
#include <set>

#include <base/strings.hpp>
#include <spec/address_syntax.hpp>
#include <spec/config_reader.hpp>

namespace berth::spec {

namespace {

struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    [[nodiscard]] unsigned count() const { return static_cast<unsigned>(last - first) + 1; }
};

struct PortText {
    std::string address;
    std::optional<std::string> host; ///< absent: not published on a port of the user's choice
    std::string container;
    PortProtocol protocol = PortProtocol::Tcp;
};

constexpr std::string_view kExpected =
    "expected [[ADDRESS:]HOST-PORT:]CONTAINER-PORT[/tcp|udp|sctp], ports from 1 to 65535";

std::optional<PortRange> parse_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto first = base::parse_number(text.substr(0, dash), 65535);
    const auto last =
        dash == std::string_view::npos ? first : base::parse_number(text.substr(dash + 1), 65535);
    if (!first || !last || *first == 0 || *last < *first) return std::nullopt;
    return PortRange{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
}

std::optional<PortProtocol> parse_protocol(std::string_view text) {
    const std::string name = base::to_lower(text);
    if (name == "tcp") return PortProtocol::Tcp;
    if (name == "udp") return PortProtocol::Udp;
    if (name == "sctp") return PortProtocol::Sctp;
    return std::nullopt;
}

/// Takes "/udp" off the end.
PortProtocol take_protocol(std::string_view flag, std::string_view whole, std::string_view& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return PortProtocol::Tcp;
    const auto protocol = parse_protocol(text.substr(slash + 1));
    if (!protocol) throw bad_value(flag, whole, "the protocol must be tcp, udp or sctp");
    text = text.substr(0, slash);
    return *protocol;
}

PortText take_apart(std::string_view whole) {
    std::string_view text = whole;
    PortText parts;
    parts.protocol = take_protocol("publish", whole, text);
    if (!text.empty() && text[0] == '[') {
        const std::size_t bracket = text.find("]:");
        if (bracket == std::string_view::npos) throw bad_value("publish", whole, kExpected);
        parts.address = text.substr(1, bracket - 1);
        text.remove_prefix(bracket + 2);
    }
    const auto fields = base::split(text, ':');
    if (fields.size() > (parts.address.empty() ? 3U : 2U)) {
        throw bad_value("publish", whole, kExpected);
    }
    if (fields.size() == 3) parts.address = fields[0];
    if (fields.size() >= 2) parts.host = fields[fields.size() - 2];
    parts.container = fields.back();
    if (!parts.address.empty() && !is_address(parts.address)) {
        throw bad_value("publish", whole,
                        "'" + base::printable(parts.address) +
                            "' is not an IP address of the host");
    }
    return parts;
}

} // namespace

std::vector<PublishedPort> parse_publish(std::string_view text) {
    const PortText parts = take_apart(text);
    const auto container = parse_range(parts.container);
    if (!container) throw bad_value("publish", text, kExpected);
    std::optional<PortRange> host;
    if (parts.host && !parts.host->empty() && *parts.host != "0") {
        host = parse_range(*parts.host);
        if (!host) throw bad_value("publish", text, kExpected);
        if (host->count() != container->count()) {
            throw bad_value("publish", text, "both ranges must have the same number of ports");
        }
    }
    std::vector<PublishedPort> ports;
    for (unsigned offset = 0; offset < container->count(); ++offset) {
        const auto add = [&](std::uint16_t first) {
            return static_cast<std::uint16_t>(first + offset);
        };
        ports.push_back({.host_address = parts.address,
                         .host_port = host ? add(host->first) : std::uint16_t{0},
                         .container_port = add(container->first),
                         .protocol = parts.protocol});
    }
    return ports;
}

std::optional<std::vector<std::string>> find_exposed(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto protocol = slash == std::string_view::npos ? std::optional(PortProtocol::Tcp)
                                                          : parse_protocol(text.substr(slash + 1));
    const auto range = parse_range(text.substr(0, slash));
    if (!protocol || !range) return std::nullopt;
    std::vector<std::string> ports;
    for (unsigned port = range->first; port <= range->last; ++port)
        ports.push_back(std::to_string(port) + "/" + protocol_name(*protocol));
    return ports;
}

std::vector<std::string> parse_expose(std::string_view flag, std::string_view text) {
    auto ports = find_exposed(text);
    if (!ports) throw bad_value(flag, text, "expected PORT[-END][/tcp|udp|sctp]");
    return std::move(*ports);
}

const char* protocol_name(PortProtocol protocol) noexcept {
    switch (protocol) {
    case PortProtocol::Udp:
        return "udp";
    case PortProtocol::Sctp:
        return "sctp";
    case PortProtocol::Tcp:
        break;
    }
    return "tcp";
}

std::string port_name(const PublishedPort& port) {
    return std::to_string(port.container_port) + "/" + protocol_name(port.protocol);
}

void require_distinct_ports(const std::vector<PublishedPort>& ports) {
    std::set<std::string> taken;
    for (const auto& port : ports) {
        if (port.host_port == 0) continue;
        const std::string name = port.host_address + ":" + std::to_string(port.host_port) + "/" +
                                 protocol_name(port.protocol);
        if (taken.insert(name).second) continue;
        throw Error(ErrorCode::InvalidArgument, "the host's port " + name + " is published twice");
    }
}

} // namespace berth::spec
