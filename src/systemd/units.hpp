// SPDX-License-Identifier: LGPL-2.1-or-later
// Units is the one place that talks to org.freedesktop.systemd1. Every call blocks its thread until
// the answer is there; any thread may call, several at once (see link.hpp). Calls that wait for a
// unit's job are for operation threads; the others take a fraction of a millisecond.
//
// Errors: NotFound for an unknown unit, Exists for a transient unit whose name is in use, Denied,
// InvalidArgument for a property that systemd refuses, Unsupported for what this systemd or kernel
// can't do.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <systemd/link.hpp>
#include <systemd/unit_properties.hpp>

namespace berth::systemd {

/// How a unit's job ended. JobRemoved in org.freedesktop.systemd1(5).
struct JobOutcome {
    std::string result; ///< "done", "failed", "timeout", "canceled", "dependency", "skipped"
    [[nodiscard]] bool done() const noexcept { return result == "done" || result == "skipped"; }
};

/// A row of ListUnits.
struct UnitRow {
    std::string name;
    std::string description;
    std::string load_state;   ///< "loaded", "not-found"
    std::string active_state; ///< "active", "activating", "deactivating", "inactive", "failed"
    std::string sub_state;    ///< "running", "auto-restart", "start", "stop-post"...
};

/// A service as it is now. Times are microseconds since the epoch, 0: not yet.
struct ServiceStatus {
    bool loaded = false; ///< false: there is no such unit, and nothing below is set
    std::string active_state;
    std::string sub_state;
    std::string freezer_state; ///< "running", "frozen", "freezing", "thawing"
    std::string result;        ///< "success", "exit-code", "signal", "oom-kill", "timeout"...
    std::string control_group; ///< "/berth.slice/berth-web.service"
    std::uint32_t main_pid = 0;
    std::uint32_t restarts = 0;
    std::int32_t main_code = 0;   ///< CLD_EXITED, CLD_KILLED, CLD_DUMPED; 0: not ended
    std::int32_t main_status = 0; ///< exit status or signal
    std::uint64_t active_since = 0;
    std::uint64_t main_exited = 0;

    [[nodiscard]] bool running() const noexcept {
        return active_state == "active" || active_state == "reloading";
    }
};

class Units {
  public:
    explicit Units(Route route = Route::Auto) : link_(route) {}

    /// Tells of every change of the units whose name starts with `prefix`; the handler runs on
    /// another thread and must not call Units.
    void watch(const std::string& prefix, UnitHandler handler) {
        link_.watch(prefix, std::move(handler));
    }

    /// Makes and starts a unit, and waits until its start job is over. Throws only when there was
    /// no job.
    [[nodiscard]] JobOutcome start_transient(const std::string& unit,
                                             const UnitProperties& properties);
    /// The same for units that exist; each waits for its job. Throws NotFound for no such unit.
    [[nodiscard]] JobOutcome start(const std::string& unit);
    [[nodiscard]] JobOutcome restart(const std::string& unit);
    /// One that is not loaded is stopped already.
    JobOutcome stop(const std::string& unit);

    /// `whom`: "main", "control" or "all".
    void kill(const std::string& unit, const std::string& whom, int signal);
    /// Changes a running unit; gone with it (runtime).
    void set_properties(const std::string& unit, const UnitProperties& properties);
    /// Stop and go on with all processes; return when that is so.
    void freeze(const std::string& unit);
    void thaw(const std::string& unit);
    /// Lets a failed unit go; harmless when there is none.
    void reset_failed(const std::string& unit);

    [[nodiscard]] ServiceStatus service(const std::string& unit);
    /// All at once: two round trips. The result has the order of `units`.
    [[nodiscard]] std::vector<ServiceStatus> services(const std::vector<std::string>& units);
    /// Numbers of a loaded service by their names, MemoryMax, TasksCurrent..., all at once. One
    /// that this systemd does not know is absent.
    [[nodiscard]] std::map<std::string, std::uint64_t>
    numbers(const std::string& unit, const std::vector<std::string>& properties);
    /// Loaded units whose name matches a shell pattern, "berth-*.service".
    [[nodiscard]] std::vector<UnitRow> list(const std::string& pattern) {
        return list(std::vector{pattern});
    }
    /// Whose name matches one of them.
    [[nodiscard]] std::vector<UnitRow> list(const std::vector<std::string>& patterns);
    /// The unit a process belongs to; empty for none.
    [[nodiscard]] std::string unit_of_pid(std::uint32_t pid);

  private:
    [[nodiscard]] std::set<std::string> loaded_among(const std::vector<std::string>& units);

    Link link_;
};

} // namespace berth::systemd
