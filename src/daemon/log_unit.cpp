// SPDX-License-Identifier: LGPL-2.1-or-later
#include "log_unit.hpp"

#include <berth_config.hpp>

#include <base/random.hpp>
#include <berth/error.hpp>

namespace berth::daemon {

namespace {

constexpr std::uint64_t kMemory = 256U << 20U;

bus::Strings arguments_of(const store::ContainerRecord& record, const LogOrder& order) {
    bus::Strings argv{BERTH_LIBEXEC_DIR "/berth-worker", "logs", record.id.str()};
    argv.push_back("--unit=" + record.unit);
    if (order.follow) argv.emplace_back("--follow");
    if (order.tail) argv.push_back("--tail=" + std::to_string(*order.tail));
    if (order.since) argv.push_back("--since=" + std::to_string(*order.since));
    if (order.until) argv.push_back("--until=" + std::to_string(*order.until));
    return argv;
}

void set_sandbox(systemd::UnitProperties& unit) {
    for (const char* name :
         {"NoNewPrivileges", "PrivateNetwork", "PrivateDevices", "PrivateTmp",
          "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs",
          "ProtectControlGroups", "ProtectClock", "ProtectHostname", "LockPersonality",
          "MemoryDenyWriteExecute", "RestrictRealtime", "RestrictSUIDSGID"}) {
        unit.set(name, true);
    }
    unit.set("ProtectHome", "yes")
        .set("ProtectSystem", "strict")
        .set("CapabilityBoundingSet", std::uint64_t{0});
    unit.set("RestrictAddressFamilies", systemd::NameSet{true, {"AF_UNIX"}});
    unit.set("SystemCallArchitectures", bus::Strings{"native"});
    unit.set("SystemCallFilter", systemd::NameSet{true, {"@system-service"}});
    unit.set("MemoryMax", kMemory).set("TasksMax", std::uint64_t{8});
}

} // namespace

void start_log_unit(systemd::Units& units, const store::ContainerRecord& record,
                    const LogOrder& order) {
    systemd::UnitProperties unit;
    unit.set("Description", "log of container " + record.name);
    unit.set("Type", "exec").set("CollectMode", "inactive-or-failed");
    unit.set("IgnoreSIGPIPE", false); // a reader that leaves ends it
    unit.set("StandardInput", "null").set_fd("StandardOutputFileDescriptor", order.out);
    unit.set("StandardError", "journal");
    unit.set_command("ExecStart", arguments_of(record, order));
    set_sandbox(unit);
    const std::string name = "berth-logs-" + base::random_hex(4) + ".service";
    const auto outcome = units.start_transient(name, unit);
    if (!outcome.done()) {
        throw Error(ErrorCode::Io, "cannot read the log: " + name + " did not start (" +
                                       outcome.result + "); see journalctl -u " + name);
    }
}

} // namespace berth::daemon
