// SPDX-License-Identifier: LGPL-2.1-or-later
// Container: looking at it.
#include <container/inspect.hpp>
#include <container/stats.hpp>
#include <container/top.hpp>
#include <daemon/container_object.hpp>
#include <daemon/log_unit.hpp>
#include <daemon/operations.hpp>
#include <daemon/subject.hpp>

namespace berth::daemon {

namespace {

bus::Dict to_dict(const container::Stats& stats) {
    bus::Dict dict{{"memory_limit", stats.memory_limit}};
    dict.set_if("memory", stats.memory);
    dict.set_if("cpu_usec", stats.cpu_usec);
    dict.set_if("pids", stats.pids);
    dict.set_if("io_read", stats.io_read);
    dict.set_if("io_write", stats.io_write);
    dict.set_if("net_rx", stats.net_rx);
    dict.set_if("net_tx", stats.net_tx);
    return dict;
}

} // namespace

void ContainerObject::inspect(bus::Call call) {
    const auto format = call.read<std::string>();
    if (format != "docker" && format != "oci") {
        throw Error(ErrorCode::InvalidArgument, "a container can be shown as 'docker' or 'oci'");
    }
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record), [this, call, record, format](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, record, format] {
                return format == "oci" ? container::inspect_oci(context_.engine, record.id)
                                       : container::inspect_docker(context_.engine, record.id);
            },
            [call](const std::string& json) { call.reply(json); });
    });
}

void ContainerObject::top(bus::Call call) {
    const auto arguments = call.read<bus::Strings>();
    const auto record = record_of(call);
    context_.gate.pass(
        call, facts_of(record), [this, call, record, arguments](const Permit& permit) {
            context_.operations.run(
                permit,
                [this, record, arguments] {
                    return container::top(context_.engine, record.id, arguments);
                },
                [call](const container::ProcessList& list) { call.reply(list.titles, list.rows); });
        });
}

void ContainerObject::stats(bus::Call call) {
    call.read<bus::Dict>().require_only({});
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record), [this, call, record](const Permit& permit) {
        context_.operations.run(
            permit,
            [this, record] { return to_dict(container::stats(context_.engine, record.id)); },
            [call](const bus::Dict& stats) { call.reply(stats); });
    });
}

void ContainerObject::logs(bus::Call call) {
    const auto [out, options] = call.read_all<bus::SharedFd, bus::Dict>();
    options.require_only({"follow", "tail", "since", "until"});
    LogOrder order{.out = out, .follow = options.get_or("follow", false)};
    order.tail = options.find<std::uint64_t>("tail");
    order.since = options.find<std::uint64_t>("since");
    order.until = options.find<std::uint64_t>("until");
    const auto record = record_of(call);
    context_.gate.pass(call, facts_of(record), [this, call, record, order](const Permit& permit) {
        context_.operations.run(
            permit, [this, record, order] { start_log_unit(context_.units, record, order); },
            [call] { call.reply(); });
    });
}

} // namespace berth::daemon
