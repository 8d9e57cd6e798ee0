// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network_change.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include <base/ip.hpp>
#include <base/random.hpp>
#include <base/strings.hpp>
#include <container/addresses.hpp>
#include <spec/container_spec.hpp>
#include <store/tree.hpp>

namespace berth::container {

namespace {

constexpr const char* kDefaultDriver = "bridge";
constexpr std::size_t kLongestName = 128;
/// Words of --network; those of docker's own networks.
constexpr std::array kKeptNames = {"bridge", "host", "none", "default", "container", "private"};

bool is_kept(const std::string& name) {
    return std::find(kKeptNames.begin(), kKeptNames.end(), name) != kKeptNames.end();
}

void check_network_name(const std::string& name) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_.-";
    const bool fits = !name.empty() && name.size() <= kLongestName &&
                      name.find_first_not_of(kAllowed) == std::string::npos &&
                      name.find_first_of("_.-") != 0;
    if (!fits || is_hex64(name)) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + base::printable(name.substr(0, kLongestName)) +
                        "' can't be a network's name: letters, digits, '_', '.' and '-', at most "
                        "128, a letter or digit first");
    }
    if (is_kept(name)) {
        throw Error(ErrorCode::Exists, "the network '" + name + "' is there always");
    }
}

Subnet& subnet_with(std::vector<Subnet>& subnets, const std::string& address, const char* what) {
    for (auto& subnet : subnets) {
        if (base::IpPrefix::parse(subnet.cidr) && base::IpAddress::parse(address) &&
            contains(subnet, address)) {
            return subnet;
        }
    }
    throw Error(ErrorCode::InvalidArgument, std::string(what) + " '" + base::printable(address) +
                                                "' lies in no --subnet of the network");
}

NetworkConfig wanted_network(const CreateNetwork& request) {
    NetworkConfig wanted{.id = NetworkId(base::random_hex(32))};
    wanted.name = request.name;
    wanted.driver = request.driver.empty() ? kDefaultDriver : request.driver;
    wanted.internal = request.internal;
    wanted.interface = request.interface;
    wanted.options = request.options;
    for (const auto& cidr : request.subnets)
        wanted.subnets.push_back({.cidr = cidr, .gateway = "", .range = ""});
    for (const auto& gateway : request.gateways)
        subnet_with(wanted.subnets, gateway, "gateway").gateway = gateway;
    for (const auto& range : request.ip_ranges)
        subnet_with(wanted.subnets, range.substr(0, range.find('/')), "address range").range =
            range;
    return wanted;
}

/// The name of a container that has a place in it; a network without addresses leases none.
std::optional<std::string> user_of(store::Store& store, const NetworkConfig& network) {
    for (const auto& record : store.containers()) {
        const std::string mode = spec::parse_container_spec(record.spec).network_mode;
        try {
            if (!is_kept(mode) && store.find_network(mode).id == network.id) return record.name;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::NotFound) throw; // another container's, for one
        }
    }
    return std::nullopt;
}

} // namespace

NetworkConfig create_network(Engine& engine, const CreateNetwork& request) {
    check_network_name(request.name);
    const NetworkConfig wanted = wanted_network(request);
    Network& plugin = engine.plugins().network(wanted.driver);
    if (wanted.driver == "none" || plugin.traits().netns == NetnsMode::Host) {
        throw Error(ErrorCode::InvalidArgument,
                    "driver '" + wanted.driver + "' has the one network '" + wanted.driver + "'");
    }
    const auto lock = engine.lock_networks();
    const auto planned = plugin.plan(wanted, engine.store().networks());
    engine.store().add_network(planned);
    return planned;
}

NetworkConfig remove_network(Engine& engine, const std::string& id_or_name) {
    if (is_kept(id_or_name)) {
        throw Error(ErrorCode::InvalidArgument,
                    "the network '" + id_or_name + "' is there always and can't be removed");
    }
    const auto lock = engine.lock_networks();
    const auto network = engine.store().find_network(id_or_name);
    if (is_kept(network.name)) {
        throw Error(ErrorCode::InvalidArgument,
                    "the network '" + network.name + "' is there always and can't be removed");
    }
    if (network.subnets.empty()) {
        if (const auto user = user_of(engine.store(), network)) {
            throw Error(ErrorCode::Busy,
                        "the network is in use by " + *user + "; remove those containers first");
        }
    }
    // The kernel first: a crash between leaves a record, which can be removed again.
    if (engine.store().leases(network.id).empty()) {
        engine.plugins().network(network.driver).remove(network);
    }
    engine.store().remove_network(network.id);
    std::error_code left; // nothing but names of nobody; gone at the next boot
    std::filesystem::remove_all(store::names_dir(network.id), left);
    return network;
}

std::vector<std::string> prune_networks(Engine& engine) {
    std::vector<std::string> removed;
    for (const auto& network : engine.store().networks()) {
        if (is_kept(network.name) || network.name == engine.config().network.default_network)
            continue;
        if (!engine.store().leases(network.id).empty()) continue;
        try {
            removed.push_back(remove_network(engine, network.id.str()).name);
        } catch (const Error& error) {
            // In use by now, or removed by another.
            if (error.code() != ErrorCode::Busy && error.code() != ErrorCode::NotFound) throw;
        }
    }
    return removed;
}

} // namespace berth::container
