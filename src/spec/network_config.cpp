// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network_config.hpp"

#include <nlohmann/json.hpp>

#include <berth/error.hpp>

namespace berth::spec {

namespace {

using Json = nlohmann::json;

} // namespace

std::string dump_network_config(const NetworkConfig& network) {
    Json subnets = Json::array();
    for (const auto& subnet : network.subnets) {
        subnets.push_back(
            {{"cidr", subnet.cidr}, {"gateway", subnet.gateway}, {"range", subnet.range}});
    }
    const Json json{{"id", network.id.str()},       {"name", network.name},
                    {"driver", network.driver},     {"subnets", std::move(subnets)},
                    {"internal", network.internal}, {"interface", network.interface},
                    {"options", network.options}};
    return json.dump();
}

NetworkConfig parse_network_config(std::string_view text) {
    try {
        const Json json = Json::parse(text);
        NetworkConfig network{.id = NetworkId(json.at("id").get<std::string>())};
        network.name = json.at("name");
        network.driver = json.at("driver");
        for (const auto& subnet : json.at("subnets")) {
            network.subnets.push_back({.cidr = subnet.at("cidr"),
                                       .gateway = subnet.at("gateway"),
                                       .range = subnet.at("range")});
        }
        network.internal = json.at("internal");
        network.interface = json.at("interface");
        json.at("options").get_to(network.options);
        return network;
    } catch (const Json::exception& error) {
        throw Error(ErrorCode::Corrupt,
                    std::string("the record of a network is damaged: ") + error.what());
    }
}

} // namespace berth::spec
