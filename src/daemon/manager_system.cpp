// SPDX-License-Identifier: LGPL-2.1-or-later
// Manager: networks, volumes, jobs, and the system as a whole.
#include <algorithm>
#include <optional>
#include <tuple>

#include <berth_config.hpp>

#include <bus/errors.hpp>
#include <container/check.hpp>
#include <container/disk_usage.hpp>
#include <container/network_change.hpp>
#include <container/networks.hpp>
#include <container/volumes.hpp>
#include <daemon/events.hpp>
#include <daemon/job_result.hpp>
#include <daemon/jobs.hpp>
#include <daemon/manager_object.hpp>
#include <daemon/operations.hpp>
#include <daemon/prune.hpp>
#include <daemon/system_info.hpp>
#include <daemon/terminals.hpp>
#include <plugin/storage_choice.hpp>

namespace berth::daemon {

namespace {

constexpr std::uint32_t kApiVersion = 1;

bus::Dict row_of(const container::NetworkRow& network) {
    bus::Dict row{{"id", network.id},
                  {"name", network.name},
                  {"driver", network.driver},
                  {"internal", network.internal},
                  {"interface", network.interface},
                  {"containers", network.containers}};
    bus::Strings subnets;
    bus::Strings gateways;
    for (const auto& subnet : network.subnets) {
        subnets.push_back(subnet.cidr);
        gateways.push_back(subnet.gateway);
    }
    if (!subnets.empty()) {
        row.set("subnet", subnets.front());
        row.set("gateway", gateways.front());
    }
    row.set("subnets", std::move(subnets));
    return row;
}

bus::Dict row_of(const container::VolumeRow& volume) {
    return {{"name", volume.record.name},
            {"driver", "local"},
            {"mountpoint", volume.mountpoint},
            {"labels", volume.record.labels},
            {"anonymous", volume.record.anonymous},
            {"created", static_cast<std::uint64_t>(volume.record.created)},
            {"owner_uid", volume.record.owner_uid},
            {"containers", volume.containers}};
}

bus::Dict row_of(const container::UsageRow& usage) {
    bus::Dict row{{"type", usage.type},
                  {"count", usage.count},
                  {"active", usage.active},
                  {"size", usage.size},
                  {"reclaimable", usage.reclaimable}};
    if (!usage.name.empty()) row.set("name", usage.name);
    return row;
}

template <class Row>
std::vector<bus::Dict> rows_of(const std::vector<Row>& list) {
    std::vector<bus::Dict> rows;
    for (const Row& row : list)
        rows.push_back(row_of(row));
    return rows;
}

bus::Dict row_of(const store::JobRecord& job, const JobProgress& progress) {
    return {{"id", job.number},
            {"operation", job.operation},
            {"description", job.description},
            {"state", job_state_name(job.state)},
            {"started", static_cast<std::uint64_t>(job.started)},
            {"started_by_uid", job.owner_uid},
            {"bytes_done", progress.done()},
            {"bytes", progress.total()}};
}

} // namespace

void ManagerObject::list_networks(bus::Call call) {
    call.read<bus::Dict>().require_only({}, "filter");
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit, [this] { return rows_of(container::list_networks(context_.engine)); },
            [call](const std::vector<bus::Dict>& rows) { call.reply(rows); });
    });
}

void ManagerObject::create_network(bus::Call call) {
    const auto [name, options] = call.read_all<std::string, bus::Dict>();
    options.require_only(
        {"driver", "subnets", "gateways", "ip_ranges", "internal", "interface", "options"});
    container::CreateNetwork request{.name = name,
                                     .driver = options.get_or<std::string>("driver", ""),
                                     .subnets = options.get_or<bus::Strings>("subnets", {}),
                                     .gateways = options.get_or<bus::Strings>("gateways", {}),
                                     .ip_ranges = options.get_or<bus::Strings>("ip_ranges", {}),
                                     .internal = options.get_or("internal", false),
                                     .interface = options.get_or<std::string>("interface", "")};
    for (const auto& [key, value] : options.get_or<bus::StringMap>("options", {}))
        request.options.emplace_back(key, value);
    context_.gate.pass(call, [this, call, request](const Permit& permit) {
        context_.operations.run(
            permit, [this, request] { return container::create_network(context_.engine, request); },
            [this, call](const NetworkConfig& network) {
                context_.events->emit("network", "create", network.id.str(),
                                      {{"name", network.name}, {"type", network.driver}});
                call.reply(network.id.str());
            });
    });
}

void ManagerObject::remove_network(bus::Call call) {
    const auto [name, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({"force"});
    const bool force = options.get_or("force", false);
    context_.gate.pass(call, [this, call, force, name = name](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, name, force]() -> std::optional<NetworkConfig> {
                try {
                    return container::remove_network(context_.engine, name);
                } catch (const Error& error) {
                    if (!force || error.code() != ErrorCode::NotFound) throw;
                    return std::nullopt;
                }
            },
            [this, call](const std::optional<NetworkConfig>& network) {
                if (network) {
                    context_.events->emit("network", "destroy", network->id.str(),
                                          {{"name", network->name}, {"type", network->driver}});
                }
                call.reply();
            });
    });
}

void ManagerObject::list_volumes(bus::Call call) {
    call.read<bus::Dict>().require_only({}, "filter");
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit, [this] { return rows_of(container::list_volumes(context_.engine)); },
            [call](const std::vector<bus::Dict>& rows) { call.reply(rows); });
    });
}

void ManagerObject::create_volume(bus::Call call) {
    const auto [name, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({"labels"});
    container::CreateVolume request{.name = name,
                                    .labels = options.get_or<bus::StringMap>("labels", {})};
    const Facts facts{.details = {{"volume", name}}};
    context_.gate.pass(call, facts, [this, call, request](const Permit& permit) mutable {
        request.owner_uid = permit.uid();
        context_.operations.run(
            permit, [this, request] { return container::create_volume(context_.engine, request); },
            [this, call](const std::string& created) {
                context_.events->emit("volume", "create", created, {{"driver", "local"}});
                call.reply(created);
            });
    });
}

void ManagerObject::remove_volume(bus::Call call) {
    const auto [name, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({"force"});
    const bool force = options.get_or("force", false);
    const Facts facts{.details = {{"volume", name}}};
    context_.gate.pass(call, facts, [this, call, force, name = name](const Permit& permit) {
        context_.operations.run(
            permit, [this, name, force] { container::remove_volume(context_.engine, name, force); },
            [this, call, name] {
                context_.events->emit("volume", "destroy", name, {{"driver", "local"}});
                call.reply();
            });
    });
}

void ManagerObject::info(bus::Call call) {
    call.read<bus::Dict>().require_only({});
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit, [this] { return system_info(context_.engine); },
            [call](const bus::Dict& info) { call.reply(info); });
    });
}

void ManagerObject::disk_usage(bus::Call call) {
    const auto options = call.read<bus::Dict>();
    options.require_only({"verbose"});
    const bool verbose = options.get_or("verbose", false);
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, verbose] { return rows_of(container::disk_usage(context_.engine, verbose)); },
            [call](const std::vector<bus::Dict>& rows) { call.reply(rows); });
    });
}

void ManagerObject::check(bus::Call call) {
    const auto options = call.read<bus::Dict>();
    options.require_only({"repair"});
    const bool repair = options.get_or("repair", false);
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, repair] {
                std::vector<std::pair<std::string, bool>> findings;
                for (const auto& finding : container::check(context_.engine, repair)) {
                    findings.emplace_back(finding.text, finding.repaired);
                }
                return findings;
            },
            [call](const auto& findings) { call.reply(findings); });
    });
}

void ManagerObject::prune(bus::Call call) {
    const auto [kinds, options] = call.read_all<bus::Strings, bus::Dict>();
    options.require_only({"all", "filters"});
    const auto request = parse_prune(kinds, options.get_or("all", false),
                                     options.get_or<bus::Strings>("filters", {}));
    context_.gate.pass(call, [this, call, request](const Permit& permit) {
        context_.operations.run(
            permit, [this, request] { return daemon::prune(context_.engine, request); },
            [call](const Pruned& pruned) { call.reply(pruned.removed, pruned.reclaimed); });
    });
}

void ManagerObject::list_jobs(bus::Call call) {
    call.read<bus::Dict>().require_only({}, "filter");
    context_.gate.pass(call, [&](const Permit&) {
        std::vector<bus::Dict> rows;
        for (const auto& job : context_.jobs->list()) {
            rows.push_back(row_of(job, *context_.jobs->progress(job.number)));
        }
        call.reply(rows);
    });
}

void ManagerObject::get_job(bus::Call call) {
    const auto number = call.read<std::uint32_t>();
    context_.gate.pass(call, [&](const Permit&) {
        if (context_.jobs->find(number) == nullptr) {
            throw bus::NamedError(bus::kNoSuchJob, "no such job: " + std::to_string(number));
        }
        call.reply(bus::ObjectPath{Jobs::path_of(number)});
    });
}

void ManagerObject::list_events(bus::Call call) {
    using Row = std::tuple<std::uint64_t, std::string, std::string, std::string, bus::StringMap>;
    const auto filter = call.read<bus::Dict>();
    filter.require_only({"since"}, "filter");
    const auto since = std::min<std::uint64_t>(filter.get_or<std::uint64_t>("since", 0), INT64_MAX);
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, since] {
                std::vector<Row> rows;
                for (auto& event : context_.store.events_since(static_cast<store::Usec>(since))) {
                    rows.emplace_back(static_cast<std::uint64_t>(event.usec), std::move(event.kind),
                                      std::move(event.action), std::move(event.id),
                                      std::move(event.attributes));
                }
                return rows;
            },
            [call](const std::vector<Row>& rows) { call.reply(rows); });
    });
}

void ManagerObject::adopt_terminal(bus::Call call) {
    const auto [key, master] = call.read_all<std::string, bus::SharedFd>();
    context_.gate.pass(call, [&, key = key, master = master](const Permit&) {
        context_.terminals->adopt(key, master->duplicate());
        call.reply();
    });
}

std::string ManagerObject::version(const std::string&) {
    return BERTH_VERSION;
}

std::uint32_t ManagerObject::api_version(const std::string&) {
    return kApiVersion;
}

std::string ManagerObject::storage_driver(const std::string&) {
    return plugin::storage_driver();
}

} // namespace berth::daemon
