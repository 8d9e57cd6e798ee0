// SPDX-License-Identifier: LGPL-2.1-or-later
// What the parts of berthd stand on and know of each other; made by Service, which outlives them.
#pragma once

namespace berth::bus {
class Connection;
class Event;
} // namespace berth::bus
namespace berth::container {
class Engine;
} // namespace berth::container
namespace berth::store {
class Store;
} // namespace berth::store
namespace berth::systemd {
class Units;
} // namespace berth::systemd

namespace berth::daemon {

class Events;
class ExecSessions;
class FdStore;
class Gate;
class Idle;
class Jobs;
class Operations;
class Terminals;
class Waiters;

struct Context {
    bus::Event& event;
    bus::Connection& connection;
    store::Store& store;
    systemd::Units& units;
    container::Engine& engine;
    Idle& idle;
    Operations& operations;
    Gate& gate;
    FdStore& fd_store;
    Events* events = nullptr;
    Jobs* jobs = nullptr;
    Terminals* terminals = nullptr;
    Waiters* waiters = nullptr;
    ExecSessions* execs = nullptr;
};

} // namespace berth::daemon
