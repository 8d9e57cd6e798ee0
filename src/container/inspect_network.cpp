// SPDX-License-Identifier: LGPL-2.1-or-later
#include <nlohmann/json.hpp>

#include <base/ip.hpp>
#include <base/time.hpp>
#include <container/inspect.hpp>
#include <container/inspect_parts.hpp>
#include <container/networks.hpp>
#include <container/volumes.hpp>
#include <spec/port_syntax.hpp>

namespace berth::container {

namespace {

using Json = nlohmann::json;

struct AddressPart {
    std::string address;
    unsigned length = 0;
};

/// The first address of the family, or an empty one.
AddressPart address_of(const Endpoint& endpoint, bool v6) {
    for (const auto& text : endpoint.addresses) {
        const auto prefix = base::IpPrefix::parse(text);
        if (prefix && prefix->address.is_v6() == v6) {
            return {prefix->address.str(), prefix->length};
        }
    }
    return {};
}

std::string gateway_of(const NetworkConfig& network, bool v6) {
    for (const auto& subnet : network.subnets) {
        const auto gateway = base::IpAddress::parse(subnet.gateway);
        if (gateway && gateway->is_v6() == v6) return subnet.gateway;
    }
    return {};
}

Json attachment_json(const spec::NetworkAttachment& attachment, const spec::ContainerSpec& spec,
                     bool running) {
    const auto v4 = address_of(attachment.endpoint, false);
    const auto v6 = address_of(attachment.endpoint, true);
    const auto shown = [&](const std::string& text) { return running ? text : std::string(); };
    return {{"NetworkID", attachment.config.id.str()},
            {"Gateway", shown(gateway_of(attachment.config, false))},
            {"IPAddress", shown(v4.address)},
            {"IPPrefixLen", running ? v4.length : 0},
            {"IPv6Gateway", shown(gateway_of(attachment.config, true))},
            {"GlobalIPv6Address", shown(v6.address)},
            {"GlobalIPv6PrefixLen", running ? v6.length : 0},
            {"MacAddress", shown(attachment.endpoint.mac)},
            {"Aliases", spec.network_aliases.empty() ? Json() : Json(spec.network_aliases)}};
}

Json ports_json(const store::ContainerRecord& record, const spec::ContainerSpec& spec) {
    Json ports = Json::object();
    for (const auto& name : spec.exposed)
        ports[name] = Json();
    for (const auto& port : current_ports(record, spec)) {
        ports[spec::port_name(port)].push_back(
            {{"HostIp", port.host_address.empty() ? "0.0.0.0" : port.host_address},
             {"HostPort", std::to_string(port.host_port)}});
    }
    return ports;
}

Json subnets_json(const std::vector<Subnet>& subnets) {
    Json list = Json::array();
    for (const auto& subnet : subnets) {
        Json entry{{"Subnet", subnet.cidr}, {"Gateway", subnet.gateway}};
        if (!subnet.range.empty()) entry["IPRange"] = subnet.range;
        list.push_back(std::move(entry));
    }
    return list;
}

/// Those of docker's keys that are about the first network, kept for old templates.
void add_first(Json& settings, const Json& first) {
    for (const char* key : {"Gateway", "IPAddress", "IPPrefixLen", "IPv6Gateway",
                            "GlobalIPv6Address", "GlobalIPv6PrefixLen", "MacAddress"}) {
        settings[key] = first.is_object() ? first.at(key) : Json("");
    }
}

} // namespace

Json inspect_network_settings(const store::ContainerRecord& record, const spec::ContainerSpec& spec,
                              const spec::BundleNetwork& network, bool running) {
    Json settings;
    Json networks = Json::object();
    Json first;
    for (const auto& attachment : network.networks) {
        Json entry = attachment_json(attachment, spec, running);
        if (first.is_null()) first = entry;
        networks[attachment.config.name] = std::move(entry);
    }
    if (network.networks.empty() && (network.mode == "host" || network.mode == "none")) {
        networks[network.mode] = Json::object();
    }
    settings["Ports"] = running ? ports_json(record, spec) : Json::object();
    settings["Networks"] = std::move(networks);
    add_first(settings, first);
    return settings;
}

std::string inspect_network(Engine& engine, const std::string& id_or_name) {
    for (const auto& row : list_networks(engine)) {
        if (row.name != id_or_name && row.id != id_or_name) continue;
        Json containers = Json::object();
        for (const auto& name : row.containers) {
            containers[engine.store().find_container(name).id.str()] = {{"Name", name}};
        }
        return Json{{"Name", row.name},
                    {"Id", row.id},
                    {"Scope", "local"},
                    {"Driver", row.driver},
                    {"Internal", row.internal},
                    {"IPAM", {{"Driver", "default"}, {"Config", subnets_json(row.subnets)}}},
                    {"Interface", row.interface},
                    {"Containers", std::move(containers)}}
            .dump();
    }
    // A prefix of an id; throws NotFound with docker's words.
    return inspect_network(engine, engine.store().find_network(id_or_name).name);
}

std::string inspect_volume(Engine& engine, const std::string& name) {
    const auto volume = engine.store().volume(name);
    return Json{{"Name", volume.name},
                {"Driver", "local"},
                {"Mountpoint", volume_data(volume.name)},
                {"Labels", volume.labels},
                {"Scope", "local"},
                {"Anonymous", volume.anonymous},
                {"CreatedAt", base::format_rfc3339(volume.created)}}
        .dump();
}

} // namespace berth::container
