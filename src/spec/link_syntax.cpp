// SPDX-License-Identifier: LGPL-2.1-or-later
#include "link_syntax.hpp"

#include <algorithm>
#include <set>

#include <base/strings.hpp>
#include <spec/address_syntax.hpp>
#include <spec/config_reader.hpp>
#include <spec/port_syntax.hpp>

namespace berth::spec {

namespace {

/// As docker: "my-db" gives MY_DB_...
std::string variable_prefix(const std::string& alias) {
    std::string prefix = alias;
    for (char& c : prefix) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == '-') c = '_';
    }
    return prefix;
}

/// Lowest number first, tcp before what else has the number.
using PortKey = std::pair<std::uint16_t, PortProtocol>;

std::set<PortKey> ports_of(const ContainerSpec& target) {
    std::set<PortKey> ports;
    for (const auto& port : target.ports)
        ports.emplace(port.container_port, port.protocol);
    for (const auto& name : target.exposed) {
        const auto port = parse_publish(name).front();
        ports.emplace(port.container_port, port.protocol);
    }
    return ports;
}

std::string url_of(const PortKey& port, const std::string& address) {
    const bool v6 = address.find(':') != std::string::npos;
    return std::string(protocol_name(port.second)) + "://" + (v6 ? "[" + address + "]" : address) +
           ":" + std::to_string(port.first);
}

void add_port(std::vector<std::string>& env, const std::string& prefix, const PortKey& port,
              const std::string& address) {
    const std::string name = prefix + "_PORT_" + std::to_string(port.first) + "_" +
                             variable_prefix(protocol_name(port.second));
    env.push_back(name + "=" + url_of(port, address));
    env.push_back(name + "_ADDR=" + address);
    env.push_back(name + "_PORT=" + std::to_string(port.first));
    env.push_back(name + "_PROTO=" + protocol_name(port.second));
}

} // namespace

Link parse_link(std::string_view text) {
    const std::size_t colon = text.find(':');
    Link link{std::string(text.substr(0, colon)), {}};
    if (!link.container.empty() && link.container[0] == '/') link.container.erase(0, 1);
    link.alias =
        colon == std::string_view::npos ? link.container : std::string(text.substr(colon + 1));
    if (!is_host_name(link.container) || !is_host_name(link.alias)) {
        throw bad_value("link", text, "expected CONTAINER[:ALIAS], the alias a host name");
    }
    return link;
}

std::string link_text(const Link& link) {
    return link.container + ":" + link.alias;
}

std::vector<std::string> link_environment(const Link& link, const std::string& user,
                                          const ContainerSpec& target, const std::string& address) {
    const std::string prefix = variable_prefix(link.alias);
    std::vector<std::string> env{prefix + "_NAME=/" + user + "/" + link.alias};
    const auto ports = ports_of(target);
    if (!ports.empty()) env.push_back(prefix + "_PORT=" + url_of(*ports.begin(), address));
    for (const auto& port : ports)
        add_port(env, prefix, port, address);
    for (const auto& entry : target.env) {
        const std::string name = entry.substr(0, entry.find('='));
        // What every image has says nothing about the service.
        if (name == "PATH" || name == "HOME" || name.size() == entry.size()) continue;
        env.push_back(prefix + "_ENV_" + entry);
    }
    return env;
}

} // namespace berth::spec
