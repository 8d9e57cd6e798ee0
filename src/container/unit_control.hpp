// SPDX-License-Identifier: LGPL-2.1-or-later
// What the engine asks of PID 1, as an interface, so that the engine is tested without one. All
// functions block and may be called by several threads. Meanings and errors are those of
// systemd/units.hpp.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <systemd/unit_properties.hpp>
#include <systemd/units.hpp>

namespace berth::container {

class UnitControl {
  public:
    UnitControl() = default;
    UnitControl(const UnitControl&) = delete;
    UnitControl& operator=(const UnitControl&) = delete;
    virtual ~UnitControl() = default;

    [[nodiscard]] virtual systemd::JobOutcome
    start_transient(const std::string& unit, const systemd::UnitProperties& properties) = 0;
    virtual systemd::JobOutcome stop(const std::string& unit) = 0;
    virtual void kill(const std::string& unit, const std::string& whom, int signal) = 0;
    virtual void set_properties(const std::string& unit,
                                const systemd::UnitProperties& properties) = 0;
    virtual void freeze(const std::string& unit) = 0;
    virtual void thaw(const std::string& unit) = 0;
    virtual void reset_failed(const std::string& unit) = 0;
    [[nodiscard]] virtual systemd::ServiceStatus status(const std::string& unit) = 0;
    /// Numbers of a loaded unit by the names of its properties; unknown ones are absent.
    [[nodiscard]] virtual std::map<std::string, std::uint64_t>
    numbers(const std::string& unit, const std::vector<std::string>& properties) = 0;
    /// In the order of `units`.
    [[nodiscard]] virtual std::vector<systemd::ServiceStatus>
    statuses(const std::vector<std::string>& units) = 0;
    [[nodiscard]] virtual std::vector<systemd::UnitRow> list(const std::string& pattern) = 0;
    /// Waits for a process to end; false when it lives on after `timeout`.
    [[nodiscard]] virtual bool wait_for_process(int pid, std::chrono::milliseconds timeout) = 0;
};

/// The real one. `units` must outlive it.
[[nodiscard]] std::unique_ptr<UnitControl> systemd_unit_control(systemd::Units& units);

} // namespace berth::container
