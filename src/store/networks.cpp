// SPDX-License-Identifier: LGPL-2.1-or-later
#include <base/strings.hpp>
#include <spec/network_config.hpp>
#include <store/row.hpp>

namespace berth::store {

namespace {

Error no_such_network(std::string_view what) {
    return {ErrorCode::NotFound,
            "No such network: " + base::printable(std::string(what.substr(0, 256)))};
}

std::vector<NetworkConfig> read_networks(Statement&& rows) {
    std::vector<NetworkConfig> networks;
    while (rows.next())
        networks.push_back(spec::parse_network_config(rows.text(0)));
    return networks;
}

std::vector<Lease> read_leases(Statement&& rows) {
    std::vector<Lease> leases;
    while (rows.next()) {
        leases.push_back({.network = NetworkId(rows.text(0)),
                          .container = ContainerId(rows.text(1)),
                          .address = rows.text(2)});
    }
    return leases;
}

} // namespace

void Store::add_network(const NetworkConfig& network) {
    Writing write(*database_, Durability::Durable);
    {
        auto holder = write->query("SELECT id FROM networks WHERE name = ?1", network.name);
        if (holder.next()) {
            throw Error(ErrorCode::Exists, "network with name " + network.name +
                                               " already exists (" + holder.text(0).substr(0, 12) +
                                               ")");
        }
    }
    write->run("INSERT INTO networks VALUES (?1, ?2, ?3)", network.id, network.name,
               spec::dump_network_config(network));
    write.commit();
}

NetworkConfig Store::network(const NetworkId& id) {
    Reading read(*database_);
    auto row = read->query("SELECT config FROM networks WHERE id = ?1", id);
    if (!row.next()) throw no_such_network(id.str());
    return spec::parse_network_config(row.text(0));
}

NetworkConfig Store::find_network(std::string_view id_or_name) {
    Reading read(*database_);
    {
        auto exact = read->query(
            "SELECT config FROM networks WHERE name = ?1 OR id = ?1 ORDER BY id <> ?1", id_or_name);
        if (exact.next()) return spec::parse_network_config(exact.text(0));
    }
    if (!is_id_prefix(id_or_name)) throw no_such_network(id_or_name);
    const auto found =
        read_networks(read->query("SELECT config FROM networks WHERE id >= ?1 AND id < ?2 LIMIT 2",
                                  id_or_name, prefix_end(id_or_name)));
    if (found.empty()) throw no_such_network(id_or_name);
    if (found.size() > 1) {
        throw Error(ErrorCode::InvalidArgument, "multiple networks start with '" +
                                                    std::string(id_or_name) +
                                                    "'; give more digits or the name");
    }
    return found.front();
}

std::vector<NetworkConfig> Store::networks() {
    Reading read(*database_);
    return read_networks(read->query("SELECT config FROM networks ORDER BY name"));
}

void Store::remove_network(const NetworkId& id) {
    Writing write(*database_, Durability::Durable);
    std::vector<std::string> users;
    {
        auto rows = write->query("SELECT DISTINCT name FROM containers JOIN leases "
                                 "ON container = id WHERE network = ?1 ORDER BY name",
                                 id);
        while (rows.next())
            users.push_back(rows.text(0));
    }
    if (!users.empty()) {
        throw Error(ErrorCode::Busy, "the network is in use by " + enumerate(users) +
                                         "; remove those containers first");
    }
    write->run("DELETE FROM networks WHERE id = ?1", id);
    if (write->changes() == 0) throw no_such_network(id.str());
    write.commit();
}

std::vector<Lease> Store::leases(const NetworkId& id) {
    Reading read(*database_);
    return read_leases(read->query(
        "SELECT network, container, address FROM leases WHERE network = ?1 ORDER BY address", id));
}

std::vector<Lease> Store::leases(const ContainerId& id) {
    Reading read(*database_);
    return read_leases(read->query("SELECT network, container, address FROM leases "
                                   "WHERE container = ?1 ORDER BY network, address",
                                   id));
}

} // namespace berth::store
