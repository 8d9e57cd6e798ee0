// SPDX-License-Identifier: LGPL-2.1-or-later
#include "service.hpp"

#include <container/check.hpp>
#include <container/engine.hpp>
#include <daemon/clients.hpp>
#include <daemon/container_object.hpp>
#include <daemon/context.hpp>
#include <daemon/events.hpp>
#include <daemon/exec_sessions.hpp>
#include <daemon/fd_store.hpp>
#include <daemon/gate.hpp>
#include <daemon/image_object.hpp>
#include <daemon/job_object.hpp>
#include <daemon/jobs.hpp>
#include <daemon/manager_object.hpp>
#include <daemon/operations.hpp>
#include <daemon/plugin_object.hpp>
#include <daemon/terminals.hpp>
#include <daemon/waiters.hpp>
#include <plugin/storage_choice.hpp>
#include <store/store.hpp>
#include <systemd/sd-daemon.h>
#include <systemd/units.hpp>

namespace berth::daemon {

namespace {

// Operations wait for PID 1 most of the time; stopping a hundred containers is as many waits.
constexpr unsigned kMaxThreads = 64;

} // namespace

// In the order of their needs: what is below uses what is above and goes first.
struct Service::Parts {
    Parts(bus::Event& event, bus::Connection& connection, const ServiceOptions& options)
        : idle(event, options.quiet_usec, [this] { leave(); }),
          unit_control(container::systemd_unit_control(units)),
          engine(store, *unit_control, plugins, config), operations(event, pool, idle),
          gate(connection),
          context{event, connection, store, units, engine, idle, operations, gate, fd_store},
          events(context), terminals(context), waiters(context), jobs(context), execs(context),
          object_manager(bus::add_object_manager(connection, bus::kRootPath)) {
        context.events = &events;
        context.terminals = &terminals;
        context.waiters = &waiters;
        context.jobs = &jobs;
        context.execs = &execs;
    }

    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts() { idle.close(); }

    void leave();

    Idle idle;
    store::Store store;
    systemd::Units units;
    container::PluginSet plugins;
    spec::EngineConfig config = plugin::settled_config();
    std::unique_ptr<container::UnitControl> unit_control;
    container::Engine engine;
    Pool pool{kMaxThreads};
    Operations operations;
    Gate gate;
    FdStore fd_store;
    Context context;
    Events events;
    Terminals terminals;
    Waiters waiters;
    Jobs jobs;
    ExecSessions execs;
    Clients clients{context};
    bool name_released = false;
    bus::Slot object_manager;
    ManagerObject manager_object{context};
    ContainerObject container_object{context};
    ImageObject image_object{context};
    JobObject job_object{context};
    PluginObject plugin_object{context};
};

// No call is lost: the name is given back first, then what the broker had sent us until then is
// handled. A call that comes later starts berthd anew.
void Service::Parts::leave() {
    if (!name_released) {
        name_released = true;
        // From here on systemd starts berthd again instead of thinking that it runs.
        sd_notify(0, "STOPPING=1\nSTATUS=Nothing to do");
        context.connection.release_name(bus::kServiceName);
        while (context.connection.process()) {
        }
        idle.drain();
    }
    if (!idle.working()) context.event.exit();
}

Service::Service(bus::Event& event, bus::Connection& connection, const ServiceOptions& options)
    : parts_(std::make_unique<Parts>(event, connection, options)) {}

Service::~Service() = default;

void Service::recover() {
    Parts& parts = *parts_;
    container::sweep(parts.engine);
    parts.units.watch("berth-", [&parts](const systemd::UnitEvent& change) {
        if (!change.ended()) return;
        parts.context.event.post([&parts, change] {
            if (change.change == systemd::UnitChange::Missed) {
                parts.waiters.look_at_all();
            } else if (job_of_unit(change.unit) != 0) {
                parts.jobs.unit_ended(change.unit);
            } else if (change.unit.starts_with("berth-exec-")) {
                parts.execs.unit_ended(change);
            } else {
                parts.waiters.unit_ended(change.unit);
            }
        });
    });
    parts.terminals.recover(FdStore::take_kept());
    parts.execs.recover();
    parts.jobs.recover();
    parts.waiters.look_at_all();
}

void Service::stop() {
    parts_->idle.drain();
}

} // namespace berth::daemon
