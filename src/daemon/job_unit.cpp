// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job_unit.hpp"

#include <berth_config.hpp>
#include <sys/socket.h>

#include <base/strings.hpp>
#include <store/tree.hpp>

namespace berth::daemon {

namespace {

constexpr std::string_view kPrefix = "berth-job-";
constexpr std::string_view kSuffix = ".service";
constexpr std::uint64_t kGiB = 1U << 30U;
constexpr std::uint64_t kDay = 86'400'000'000;
constexpr std::uint64_t kSecond = 1'000'000;

// capabilities(7), as bits.
constexpr std::uint64_t bit(unsigned capability) {
    return std::uint64_t{1} << capability;
}
constexpr std::uint64_t kFileCapabilities = bit(0) |  // CAP_CHOWN: owners of unpacked files
                                            bit(1) |  // CAP_DAC_OVERRIDE
                                            bit(2) |  // CAP_DAC_READ_SEARCH
                                            bit(3) |  // CAP_FOWNER
                                            bit(4) |  // CAP_FSETID: set-user-ID bits stay
                                            bit(6) |  // CAP_SETGID: confined helpers
                                            bit(7) |  // CAP_SETUID
                                            bit(8) |  // CAP_SETPCAP
                                            bit(18) | // CAP_SYS_CHROOT
                                            bit(21) | // CAP_SYS_ADMIN: mounts, trusted.*
                                            bit(27) | // CAP_MKNOD
                                            bit(31);  // CAP_SETFCAP
constexpr std::uint64_t kJoinCapabilities = bit(19);  // CAP_SYS_PTRACE: a container's namespaces

template <class T>
bool is(const spec::JobOperation& operation) {
    return std::holds_alternative<T>(operation);
}

// The reference of a registry operation; empty for others.
std::string place_of(const spec::JobOperation& operation) {
    if (const auto* pull = std::get_if<spec::PullRequest>(&operation)) return pull->reference;
    if (const auto* push = std::get_if<spec::PushRequest>(&operation)) return push->reference;
    if (const auto* search = std::get_if<spec::SearchRequest>(&operation)) return search->term;
    return {};
}

// "dir:/srv/images/busybox:1": an image layout anywhere on this machine.
bool is_directory(const std::string& place) {
    return place.starts_with("dir:");
}

bool needs_network(const spec::JobOperation& operation) {
    const bool registry = is<spec::PullRequest>(operation) || is<spec::PushRequest>(operation) ||
                          is<spec::SearchRequest>(operation) || is<spec::LoginRequest>(operation) ||
                          is<spec::BuildRequest>(operation);
    return registry && !is_directory(place_of(operation));
}

bool copies_files(const spec::JobOperation& operation) {
    return is<spec::CopyInRequest>(operation) || is<spec::CopyOutRequest>(operation);
}

bool joins_container(const spec::JobOperation& operation) {
    return copies_files(operation) || is<spec::ExportRequest>(operation);
}

void set_identity(systemd::UnitProperties& unit, std::uint64_t number,
                  const std::string& description) {
    unit.set("Description", "berth job " + std::to_string(number) + ": " +
                                base::printable(description.substr(0, 200)));
    unit.set("Type", "exec").set("CollectMode", "inactive-or-failed");
    unit.set_command("ExecStart",
                     {BERTH_LIBEXEC_DIR "/berth-worker", "job", std::to_string(number)});
    unit.set("SyslogIdentifier", "berth-job-" + std::to_string(number));
    unit.set_log_fields({"BERTH_JOB=" + std::to_string(number)});
}

void set_stdio(systemd::UnitProperties& unit, const JobStdio& stdio) {
    if (stdio.in)
        unit.set_fd("StandardInputFileDescriptor", stdio.in);
    else
        unit.set("StandardInput", "null");
    if (stdio.out)
        unit.set_fd("StandardOutputFileDescriptor", stdio.out);
    else
        unit.set("StandardOutput", "journal");
    unit.set("StandardError", "journal");
}

void set_limits(systemd::UnitProperties& unit) {
    unit.set("MemoryMax", 2 * kGiB).set("TasksMax", std::uint64_t{256});
    unit.set("OOMScoreAdjust", std::int32_t{300}).set("LimitCORE", std::uint64_t{0});
    unit.set("RuntimeMaxUSec", kDay).set("TimeoutStopUSec", 10 * kSecond);
    unit.set("Nice", std::int32_t{5});
}

void set_sandbox(systemd::UnitProperties& unit, const spec::JobOperation& operation) {
    for (const char* name :
         {"NoNewPrivileges", "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs",
          "ProtectControlGroups", "ProtectClock", "ProtectHostname", "LockPersonality",
          "MemoryDenyWriteExecute", "RestrictRealtime"}) {
        unit.set(name, true);
    }
    unit.set("CapabilityBoundingSet", joins_container(operation)
                                          ? kFileCapabilities | kJoinCapabilities
                                          : kFileCapabilities);
    unit.set("KeyringMode", "private").set("SystemCallArchitectures", bus::Strings{"native"});
    unit.set("UMask", std::uint32_t{0022});
    bus::Strings families{"AF_UNIX"};
    if (needs_network(operation)) {
        families.insert(families.end(), {"AF_INET", "AF_INET6", "AF_NETLINK"});
    } else {
        unit.set("PrivateNetwork", true);
    }
    unit.set("RestrictAddressFamilies", systemd::NameSet{true, families});
    unit.set("SystemCallFilter", systemd::NameSet{false,
                                                  {"@clock", "@cpu-emulation", "@debug", "@module",
                                                   "@obsolete", "@raw-io", "@reboot", "@swap",
                                                   "bpf", "userfaultfd", "perf_event_open"}});
    unit.set("SystemCallErrorNumber", std::int32_t{EPERM});
}

// What is read-only but for the state. ReadWritePaths=/ would not do: systemd lets the stricter of
// two settings for one directory win.
std::string protected_system(const spec::JobOperation& operation) {
    if (is<spec::CopyInRequest>(operation)) return "no"; // into mounted volumes
    const bool to_directory = is<spec::PushRequest>(operation) && is_directory(place_of(operation));
    return to_directory ? "full" : "strict";
}

void set_paths(systemd::UnitProperties& unit, const spec::JobOperation& operation) {
    unit.set("ProtectSystem", protected_system(operation));
    if (!is_directory(place_of(operation))) {
        unit.set("ProtectHome", std::string(copies_files(operation) ? "no" : "yes"));
        unit.set("PrivateTmp", true);
    }
    unit.set("ReadWritePaths", bus::Strings{store::state_dir(), store::runtime_dir()});
}

} // namespace

std::string job_unit(std::uint64_t number) {
    return std::string(kPrefix) + std::to_string(number) + std::string(kSuffix);
}

std::uint64_t job_of_unit(const std::string& unit) {
    if (!unit.starts_with(kPrefix) || !unit.ends_with(kSuffix)) return 0;
    const std::string digits =
        unit.substr(kPrefix.size(), unit.size() - kPrefix.size() - kSuffix.size());
    return base::parse_number(digits).value_or(0);
}

systemd::UnitProperties job_properties(std::uint64_t number, const spec::JobOperation& operation,
                                       const std::string& description, const JobStdio& stdio) {
    systemd::UnitProperties unit;
    set_identity(unit, number, description);
    set_stdio(unit, stdio);
    set_limits(unit);
    set_sandbox(unit, operation);
    set_paths(unit, operation);
    return unit;
}

} // namespace berth::daemon
