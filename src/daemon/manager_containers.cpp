// SPDX-License-Identifier: LGPL-2.1-or-later
// Manager: containers.
#include <algorithm>

#include <base/strings.hpp>
#include <container/create.hpp>
#include <container/list.hpp>
#include <container/remove.hpp>
#include <daemon/events.hpp>
#include <daemon/launching.hpp>
#include <daemon/manager_object.hpp>
#include <daemon/operations.hpp>
#include <daemon/risk.hpp>
#include <daemon/subject.hpp>
#include <daemon/waiters.hpp>

namespace berth::daemon {

namespace {

struct Creation {
    container::CreateRequest request;
    bus::Dict options;
};

/// What would be made, and what it takes from others.
struct Plan {
    std::shared_ptr<container::Prepared> prepared;
    std::vector<Claim> claims;
};

std::uint64_t to_usec(store::Usec usec) {
    return static_cast<std::uint64_t>(std::max<store::Usec>(usec, 0));
}

bus::Dict to_dict(const container::ContainerRow& row) {
    const auto& record = row.record;
    bus::Dict dict{{"id", record.id.str()},
                   {"name", record.name},
                   {"names", bus::Strings{record.name}},
                   {"image", record.image_ref},
                   {"image_id", record.image_id},
                   {"unit", record.unit},
                   {"owner_uid", record.owner_uid},
                   {"command", base::join(row.command, " ")},
                   {"created", to_usec(record.created)},
                   {"started", to_usec(row.condition.started_at)},
                   {"finished", to_usec(row.condition.finished_at)},
                   {"state", container::state_name(row.condition.state)},
                   {"exit_code", std::int32_t{row.condition.exit_code}},
                   {"ports", row.ports},
                   {"labels", row.labels},
                   {"networks", row.networks},
                   {"mounts", row.mounts}};
    dict.set_if("size_rw", row.size_rw);
    dict.set_if("size_root", row.size_root);
    return dict;
}

Creation read_creation(const bus::Call& call) {
    auto [name, image, config, options] =
        call.read_all<std::string, std::string, bus::Dict, bus::Dict>();
    return {{.name = name, .image = image, .config = to_config(config)}, std::move(options)};
}

bool is_taken(store::Store& store, const std::string& name) {
    try {
        return !name.empty() && store.find_container(name).name == name;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Internal || error.code() == ErrorCode::Corrupt) throw;
        return false;
    }
}

} // namespace

void ManagerObject::prepare(const bus::Call& call, const container::CreateRequest& request,
                            std::function<void(const Permit&, PreparedPointer)> go) {
    context_.operations.background(
        [this, request] {
            Plan plan{.prepared = std::make_shared<container::Prepared>(
                          container::prepare(context_.engine, request))};
            plan.claims = claims_on_others(context_.store, plan.prepared->spec, request.owner_uid);
            return plan;
        },
        [this, call, go = std::move(go)](const Plan& plan) {
            bus::guard(call, [&] {
                const auto& spec = plan.prepared->spec;
                Facts facts{.owner = plan.prepared->owner_uid,
                            .risk = risk_of(spec),
                            .details = risk_details(spec)};
                facts.details["container"] = plan.prepared->name;
                context_.gate.pass(call, facts, [this, go, plan](const Permit& permit) {
                    context_.gate.claim(permit, plan.claims,
                                        [go, permit, plan] { go(permit, plan.prepared); });
                });
            });
        },
        [call](const std::exception_ptr& failure) { call.fail(name_failure(failure)); });
}

// --replace: the old one goes before the new one is prepared, because its name is in the way.
void ManagerObject::replace(const bus::Call& call, const std::string& name,
                            std::function<void()> go) {
    const auto record = find_container(context_.store, name);
    if (context_.gate.caller(call) != 0 && context_.gate.caller(call) != record.owner_uid) {
        throw Error(ErrorCode::Denied, "container " + record.name + " is another user's");
    }
    context_.gate.pass(call, facts_of(record), [this, record, go](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, record] { container::remove(context_.engine, record.id, {.force = true}); },
            [this, record, go] {
                context_.events->container(record, "destroy");
                context_.waiters->removed(record.id);
                go();
            });
    });
}

void ManagerObject::make(const bus::Call& call, const container::CreateRequest& request,
                         const bus::Dict& options,
                         std::function<void(const Permit&, PreparedPointer)> go) {
    const auto next = [this, call, request, go] { prepare(call, request, go); };
    if (options.get_or("replace", false) && is_taken(context_.store, request.name)) {
        replace(call, request.name, next);
    } else {
        next();
    }
}

void ManagerObject::create_container(bus::Call call) {
    auto [request, options] = read_creation(call);
    options.require_only({"replace"});
    request.owner_uid = context_.gate.caller(call);
    make(call, request, options, [this, call](const Permit& permit, const PreparedPointer& plan) {
        context_.operations.run(
            permit, [this, plan] { return container::create(context_.engine, *plan); },
            [this, call](const container::Created& created) {
                context_.events->container(created.record, "create");
                call.reply(bus::ObjectPath{container_path(created.record.id)},
                           created.record.id.str(), created.warnings);
            });
    });
}

void ManagerObject::run_container(bus::Call call) {
    auto [request, options] = read_creation(call);
    options.require_only(
        {"replace", "stdin", "stdout", "stderr", "attach", "rows", "columns", "detach"});
    request.owner_uid = context_.gate.caller(call);
    const Launch launch = read_launch(call, options);
    make(call, request, options,
         [this, call, launch](const Permit& permit, const PreparedPointer& plan) {
             context_.operations.run(
                 permit,
                 [this, plan, launch] {
                     return container::run(context_.engine, *plan, launch.options);
                 },
                 [this, call, launch](const container::Ran& ran) {
                     const auto& record = ran.created.record;
                     context_.events->container(record, "create");
                     const bus::Dict result = launched(context_, record, ran.started, launch);
                     call.reply(bus::ObjectPath{container_path(record.id)}, record.id.str(), result,
                                ran.created.warnings);
                 });
         });
}

void ManagerObject::get_container(bus::Call call) {
    const auto name = call.read<std::string>();
    context_.gate.pass(call, [&](const Permit&) {
        call.reply(bus::ObjectPath{container_path(find_container(context_.store, name).id)});
    });
}

void ManagerObject::list_containers(bus::Call call) {
    const auto filter = call.read<bus::Dict>();
    filter.require_only({"all", "size"}, "filter");
    const container::ListOptions options{.all = filter.get_or("all", false),
                                         .size = filter.get_or("size", false)};
    context_.gate.pass(call, [&](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, options] {
                std::vector<bus::Dict> rows;
                for (const auto& row : container::list_containers(context_.engine, options)) {
                    rows.push_back(to_dict(row));
                }
                return rows;
            },
            [call](const std::vector<bus::Dict>& rows) { call.reply(rows); });
    });
}

} // namespace berth::daemon
