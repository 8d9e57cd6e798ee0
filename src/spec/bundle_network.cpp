// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bundle_network.hpp"

#include <nlohmann/json.hpp>

#include <berth/error.hpp>
#include <spec/bundle.hpp>
#include <spec/bundle_reader.hpp>
#include <spec/network_config.hpp>

namespace berth::spec {

namespace {

using Json = nlohmann::json;

PortProtocol read_protocol(const Reader& reader) {
    const auto name = reader.text("protocol", "tcp");
    if (name == "tcp") return PortProtocol::Tcp;
    if (name == "udp") return PortProtocol::Udp;
    if (name == "sctp") return PortProtocol::Sctp;
    reader.fail("protocol", "must be tcp, udp or sctp");
}

const char* protocol_name(PortProtocol protocol) {
    switch (protocol) {
    case PortProtocol::Tcp:
        return "tcp";
    case PortProtocol::Udp:
        return "udp";
    case PortProtocol::Sctp:
        break;
    }
    return "sctp";
}

Endpoint read_endpoint(const Reader& reader) {
    Endpoint endpoint{ContainerId(reader.required_text("container")),
                      reader.text("container_name"),
                      reader.text("interface", "eth0"),
                      reader.texts("addresses"),
                      reader.text("mac"),
                      {}};
    reader.each_object("ports", [&](const Reader& item) {
        endpoint.ports.push_back(
            {item.text("host_address"),
             static_cast<std::uint16_t>(item.number("host_port", 65535).value_or(0)),
             static_cast<std::uint16_t>(item.required_number("container_port", 65535)),
             read_protocol(item)});
    });
    return endpoint;
}

Json endpoint_json(const Endpoint& endpoint) {
    Json json{{"container", endpoint.container.str()},
              {"container_name", endpoint.container_name},
              {"interface", endpoint.interface},
              {"addresses", endpoint.addresses},
              {"mac", endpoint.mac},
              {"ports", Json::array()}};
    for (const auto& port : endpoint.ports) {
        json["ports"].push_back({{"host_address", port.host_address},
                                 {"host_port", port.host_port},
                                 {"container_port", port.container_port},
                                 {"protocol", protocol_name(port.protocol)}});
    }
    return json;
}

} // namespace

BundleNetwork parse_bundle_network(std::string_view json) {
    const auto document = parse_document(json, kBundleLimit, kAnnotationNetwork);
    const Reader reader(document, kAnnotationNetwork);
    BundleNetwork network;
    network.mode = reader.required_text("mode");
    std::size_t index = 0;
    reader.each_object("networks", [&](const Reader& item) {
        const auto endpoint = item.object("endpoint");
        if (!endpoint) item.fail("endpoint", "is missing");
        if (!item.object("config")) item.fail("config", "is missing");
        const auto config = document["networks"][index++]["config"].dump();
        network.networks.push_back({parse_network_config(config), read_endpoint(*endpoint)});
    });
    return network;
}

std::string dump_bundle_network(const BundleNetwork& network) {
    Json json{{"mode", network.mode}, {"networks", Json::array()}};
    for (const auto& item : network.networks) {
        json["networks"].push_back({{"config", Json::parse(dump_network_config(item.config))},
                                    {"endpoint", endpoint_json(item.endpoint)}});
    }
    return json.dump();
}

} // namespace berth::spec
