// SPDX-License-Identifier: LGPL-2.1-or-later
// Container: from start to removal.
#include <chrono>

#include <container/change.hpp>
#include <container/remove.hpp>
#include <container/start.hpp>
#include <container/stop.hpp>
#include <daemon/container_object.hpp>
#include <daemon/events.hpp>
#include <daemon/launching.hpp>
#include <daemon/operations.hpp>
#include <daemon/subject.hpp>
#include <daemon/waiters.hpp>

namespace berth::daemon {

namespace {

// UINT64_MAX: wait for ever.
container::StopOptions read_stop(const bus::Dict& options) {
    container::StopOptions stop{.signal = options.get_or<std::string>("signal", "")};
    if (const auto usec = options.find<std::uint64_t>("timeout_usec")) {
        stop.timeout = *usec > INT64_MAX
                           ? std::chrono::microseconds(-1)
                           : std::chrono::microseconds(static_cast<std::int64_t>(*usec));
    }
    return stop;
}

} // namespace

store::ContainerRecord ContainerObject::record_of(const bus::Call& call) {
    return container_at(context_.store, call.message().path());
}

void ContainerObject::act(const bus::Call& call, const std::string& event, Work work) {
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record),
                       [this, call, event, record, work = std::move(work)](const Permit& permit) {
                           context_.operations.run(
                               permit, [record, work] { work(record); },
                               [this, call, event, record] {
                                   context_.events->container(record, event);
                                   context_.connection.emit_properties_changed(
                                       container_path(record.id), kContainerInterface,
                                       {"State", "Name"});
                                   call.reply();
                               });
                       });
}

void ContainerObject::start(bus::Call call) {
    const auto options = call.read<bus::Dict>();
    options.require_only({"stdin", "stdout", "stderr", "attach", "rows", "columns", "detach"});
    const Launch launch = read_launch(call, options);
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record), [this, call, launch, record](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, record, launch] {
                return container::start(context_.engine, record.id, launch.options);
            },
            [this, call, launch, record](const container::Started& started) {
                call.reply(launched(context_, record, started, launch));
            });
    });
}

void ContainerObject::stop(bus::Call call) {
    const auto options = call.read<bus::Dict>();
    options.require_only({"timeout_usec", "signal"});
    act(call, "stop", [this, stop = read_stop(options)](const store::ContainerRecord& record) {
        container::stop(context_.engine, record.id, stop);
    });
}

void ContainerObject::restart(bus::Call call) {
    const auto options = call.read<bus::Dict>();
    options.require_only({"timeout_usec", "signal"});
    act(call, "restart", [this, stop = read_stop(options)](const store::ContainerRecord& record) {
        (void)container::restart(context_.engine, record.id, stop);
    });
}

void ContainerObject::kill(bus::Call call) {
    const auto [signal, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({});
    act(call, "kill", [this, signal = signal](const store::ContainerRecord& record) {
        container::kill(context_.engine, record.id, signal);
    });
}

void ContainerObject::pause(bus::Call call) {
    call.read<bus::Dict>().require_only({});
    act(call, "pause", [this](const store::ContainerRecord& record) {
        container::pause(context_.engine, record.id);
    });
}

void ContainerObject::resume(bus::Call call) {
    call.read<bus::Dict>().require_only({});
    act(call, "unpause", [this](const store::ContainerRecord& record) {
        container::resume(context_.engine, record.id);
    });
}

void ContainerObject::remove(bus::Call call) {
    const auto options = call.read<bus::Dict>();
    options.require_only({"force", "volumes"});
    const container::RemoveOptions remove{.force = options.get_or("force", false),
                                          .volumes = options.get_or("volumes", false)};
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record), [this, call, remove, record](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, record, remove] { container::remove(context_.engine, record.id, remove); },
            [this, call, record] {
                context_.events->container(record, "destroy");
                context_.waiters->removed(record.id);
                context_.connection.emit_removed(container_path(record.id), {kContainerInterface});
                call.reply();
            });
    });
}

void ContainerObject::rename(bus::Call call) {
    const auto [name, options] = call.read_all<std::string, bus::Dict>();
    options.require_only({});
    act(call, "rename", [this, name = name](const store::ContainerRecord& record) {
        container::rename(context_.engine, record.id, name);
    });
}

void ContainerObject::update(bus::Call call) {
    const auto [config, options] = call.read_all<bus::Dict, bus::Dict>();
    options.require_only({});
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record),
                       [this, call, record, wanted = to_config(config)](const Permit& permit) {
                           context_.operations.run(
                               permit,
                               [this, record, wanted] {
                                   return container::update(context_.engine, record.id, wanted);
                               },
                               [this, call, record](const std::vector<std::string>& warnings) {
                                   context_.events->container(record, "update");
                                   call.reply(warnings);
                               });
                       });
}

void ContainerObject::wait(bus::Call call) {
    const auto options = call.read<bus::Dict>();
    options.require_only({"condition"});
    const WaitFor condition =
        parse_wait_for(options.get_or<std::string>("condition", "not-running"));
    const auto record = record_of(call);
    context_.gate.pass(
        call, [&](const Permit& permit) { context_.waiters->wait(permit, record.id, condition); });
}

} // namespace berth::daemon
