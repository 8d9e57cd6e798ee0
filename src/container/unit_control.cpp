// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit_control.hpp"

#include <algorithm>
#include <climits>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/fd.hpp>

namespace berth::container {

namespace {

class SystemdUnitControl final : public UnitControl {
  public:
    explicit SystemdUnitControl(systemd::Units& units) : units_(units) {}

    systemd::JobOutcome start_transient(const std::string& unit,
                                        const systemd::UnitProperties& properties) override {
        return units_.start_transient(unit, properties);
    }
    systemd::JobOutcome stop(const std::string& unit) override { return units_.stop(unit); }
    void kill(const std::string& unit, const std::string& whom, int signal) override {
        units_.kill(unit, whom, signal);
    }
    void set_properties(const std::string& unit,
                        const systemd::UnitProperties& properties) override {
        units_.set_properties(unit, properties);
    }
    void freeze(const std::string& unit) override { units_.freeze(unit); }
    void thaw(const std::string& unit) override { units_.thaw(unit); }
    void reset_failed(const std::string& unit) override { units_.reset_failed(unit); }
    systemd::ServiceStatus status(const std::string& unit) override { return units_.service(unit); }
    std::map<std::string, std::uint64_t>
    numbers(const std::string& unit, const std::vector<std::string>& properties) override {
        return units_.numbers(unit, properties);
    }
    std::vector<systemd::ServiceStatus> statuses(const std::vector<std::string>& units) override {
        return units_.services(units);
    }
    std::vector<systemd::UnitRow> list(const std::string& pattern) override {
        return units_.list(pattern);
    }
    bool wait_for_process(int pid, std::chrono::milliseconds timeout) override;

  private:
    systemd::Units& units_;
};

bool SystemdUnitControl::wait_for_process(int pid, std::chrono::milliseconds timeout) {
    const base::Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process) {
        if (errno == ESRCH) return true;
        throw_errno("cannot watch the process " + std::to_string(pid));
    }
    const auto end = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                              end - std::chrono::steady_clock::now())
                              .count();
        pollfd watched{.fd = process.get(), .events = POLLIN, .revents = 0};
        const int ready =
            ::poll(&watched, 1, static_cast<int>(std::clamp<long long>(left, 0, INT_MAX)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) throw_errno("cannot wait for a process");
        if (ready == 0 && left <= INT_MAX) return false;
    }
}

} // namespace

std::unique_ptr<UnitControl> systemd_unit_control(systemd::Units& units) {
    return std::make_unique<SystemdUnitControl>(units);
}

} // namespace berth::container
