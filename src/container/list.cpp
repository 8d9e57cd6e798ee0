// SPDX-License-Identifier: LGPL-2.1-or-later
#include "list.hpp"

#include <algorithm>

#include <container/bundle_files.hpp>
#include <container/host_ports.hpp>
#include <container/layers.hpp>
#include <spec/bundle_network.hpp>
#include <spec/port_syntax.hpp>

namespace berth::container {

namespace {

std::string address_text(const std::string& address) {
    if (address.empty()) return "0.0.0.0";
    return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

std::vector<std::string> port_texts(const store::ContainerRecord& record,
                                    const spec::ContainerSpec& spec) {
    std::vector<std::string> texts;
    const auto published = current_ports(record, spec);
    for (const auto& port : published) {
        texts.push_back(address_text(port.host_address) + ":" + std::to_string(port.host_port) +
                        "->" + spec::port_name(port));
    }
    for (const auto& name : spec.exposed) {
        const bool known = std::any_of(published.begin(), published.end(), [&](const auto& port) {
            return spec::port_name(port) == name;
        });
        if (!known) texts.push_back(name);
    }
    return texts;
}

std::vector<std::string> mount_names(const spec::ContainerSpec& spec) {
    std::vector<std::string> names;
    for (const auto& mount : spec.mounts) {
        if (mount.kind != spec::MountKind::Tmpfs) names.push_back(mount.source);
    }
    return names;
}

std::uint64_t image_size(Engine& engine, const store::ContainerRecord& record) {
    try {
        return engine.store().image(Digest(record.image_id)).size;
    } catch (const Error&) {
        return 0; // removed by force
    }
}

void add_size(Engine& engine, ContainerRow& row) {
    Storage& storage = engine.plugins().storage(row.record.storage_driver);
    row.size_rw = storage.usage(layer_of(row.record.id)).bytes;
    row.size_root = *row.size_rw + image_size(engine, row.record);
}

ContainerRow make_row(Engine& engine, store::ContainerRecord record,
                      const systemd::ServiceStatus& unit) {
    ContainerRow row{.record = std::move(record)};
    row.condition = condition_of(row.record, unit);
    const auto spec = spec::parse_container_spec(row.record.spec);
    row.command = spec.entrypoint;
    row.command.insert(row.command.end(), spec.command.begin(), spec.command.end());
    if (is_active(row.condition.state)) row.ports = port_texts(row.record, spec);
    row.labels = spec.labels;
    row.networks = {spec.network_mode == "default" ? engine.config().network.default_network
                                                   : spec.network_mode};
    row.mounts = mount_names(spec);
    row.record.spec.clear();
    return row;
}

} // namespace

std::vector<PublishedPort> current_ports(const store::ContainerRecord& record,
                                         const spec::ContainerSpec& spec) {
    if (!needs_host_ports(spec)) return spec.ports;
    const std::string text = read_bundle(record.id);
    if (text.empty()) return {};
    const auto network =
        spec::parse_bundle_network(spec::parse_bundle(text).annotation(spec::kAnnotationNetwork));
    if (network.networks.empty()) return {};
    return network.networks.front().endpoint.ports;
}

std::vector<ContainerRow> list_containers(Engine& engine, const ListOptions& options) {
    auto records = engine.store().containers();
    std::vector<std::string> units;
    units.reserve(records.size());
    for (const auto& record : records)
        units.push_back(record.unit);
    const auto statuses = engine.units().statuses(units);
    std::vector<ContainerRow> rows;
    for (std::size_t index = 0; index < records.size(); ++index) {
        if (!options.all && !is_active(condition_of(records[index], statuses[index]).state)) {
            continue;
        }
        rows.push_back(make_row(engine, std::move(records[index]), statuses[index]));
        if (options.size) add_size(engine, rows.back());
    }
    return rows;
}

} // namespace berth::container
