// SPDX-License-Identifier: LGPL-2.1-or-later
#include "etc_files.hpp"

#include <vector>

#include <base/file.hpp>
#include <base/ip.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::container {

namespace {

constexpr std::size_t kResolvLimit = 64U << 10U;

std::string read_etc(const char* path) {
    try {
        return base::read_file(path, kResolvLimit);
    } catch (const Error&) {
        return {};
    }
}

struct Resolver {
    std::vector<std::string> servers;
    std::vector<std::string> search;
    std::vector<std::string> options;
};

Resolver parse_resolver(const std::string& text) {
    Resolver resolver;
    for (const auto& line : base::split(text, '\n')) {
        std::vector<std::string> words;
        for (auto& word : base::split(line, ' ')) {
            if (!base::trim(word).empty()) words.emplace_back(base::trim(word));
        }
        if (words.size() < 2 || words[0][0] == '#' || words[0][0] == ';') continue;
        const std::vector<std::string> values(words.begin() + 1, words.end());
        if (words[0] == "nameserver") resolver.servers.push_back(values[0]);
        if (words[0] == "search" || words[0] == "domain") resolver.search = values;
        if (words[0] == "options") resolver.options = values;
    }
    return resolver;
}

bool is_loopback(const std::string& server) {
    const auto address = base::IpAddress::parse(server);
    return address && address->is_loopback();
}

/// The machine's own; a server on its loopback can't be reached from another network namespace, so
/// systemd-resolved's list of the real ones is taken then.
Resolver machine_resolver(bool own_network) {
    Resolver resolver = parse_resolver(read_etc("/etc/resolv.conf"));
    if (!own_network) return resolver;
    std::erase_if(resolver.servers, is_loopback);
    if (!resolver.servers.empty()) return resolver;
    Resolver real = parse_resolver(read_etc("/run/systemd/resolve/resolv.conf"));
    std::erase_if(real.servers, is_loopback);
    resolver.servers = std::move(real.servers);
    return resolver;
}

std::string resolv_conf(const spec::ContainerSpec& spec, bool own_network) {
    Resolver resolver = machine_resolver(own_network);
    if (!spec.dns.empty()) resolver.servers = spec.dns;
    if (!spec.dns_search.empty()) resolver.search = spec.dns_search;
    if (spec.dns_search == std::vector<std::string>{"."}) resolver.search.clear();
    if (!spec.dns_options.empty()) resolver.options = spec.dns_options;
    std::string text;
    for (const auto& server : resolver.servers)
        text += "nameserver " + server + "\n";
    if (!resolver.search.empty()) text += "search " + base::join(resolver.search, " ") + "\n";
    if (!resolver.options.empty()) text += "options " + base::join(resolver.options, " ") + "\n";
    return text;
}

std::string without_prefix(const std::string& address) {
    return address.substr(0, address.find('/'));
}

std::string gateway_of(const spec::BundleNetwork& network) {
    for (const auto& attachment : network.networks) {
        for (const auto& subnet : attachment.config.subnets) {
            if (!subnet.gateway.empty()) return subnet.gateway;
        }
    }
    return "127.0.0.1";
}

std::string extra_hosts(const spec::ContainerSpec& spec, const spec::BundleNetwork& network) {
    std::string text;
    for (const auto& entry : spec.extra_hosts) {
        const std::size_t colon = entry.find(':');
        std::string address = entry.substr(colon + 1);
        if (address == "host-gateway") address = gateway_of(network);
        text += address + "\t" + entry.substr(0, colon) + "\n";
    }
    return text;
}

std::string hosts(const spec::ContainerSpec& spec, const spec::BundleNetwork& network,
                  const std::string& host_name) {
    std::string text = "127.0.0.1\tlocalhost\n"
                       "::1\tlocalhost ip6-localhost ip6-loopback\n"
                       "fe00::\tip6-localnet\n"
                       "ff00::\tip6-mcastprefix\n"
                       "ff02::1\tip6-allnodes\n"
                       "ff02::2\tip6-allrouters\n";
    text += extra_hosts(spec, network);
    std::string names = host_name;
    if (!spec.domainname.empty()) names = host_name + "." + spec.domainname + " " + host_name;
    for (const auto& attachment : network.networks) {
        for (const auto& address : attachment.endpoint.addresses) {
            text += without_prefix(address) + "\t" + names + "\n";
        }
    }
    return text;
}

} // namespace

std::map<std::string, std::string> etc_files(const spec::ContainerSpec& spec,
                                             const spec::BundleNetwork& network,
                                             const std::string& host_name) {
    const bool host = network.mode == "host";
    std::string own_hosts = hosts(spec, network, host_name);
    if (host) {
        if (std::string machine = read_etc("/etc/hosts"); !machine.empty()) {
            own_hosts = std::move(machine);
            own_hosts += extra_hosts(spec, network);
        }
    }
    return {{"hosts", std::move(own_hosts)},
            {"hostname", host_name + "\n"},
            {"resolv.conf", resolv_conf(spec, !host)}};
}

} // namespace berth::container
