// SPDX-License-Identifier: LGPL-2.1-or-later
// Commands run in containers by Exec: each is a unit, berth-exec-<id>.service. Unless detached it
// dies with the client that asked for it. Belongs to the main loop.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bus/object.hpp>
#include <container/exec.hpp>
#include <daemon/context.hpp>
#include <daemon/gate.hpp>
#include <daemon/idle.hpp>
#include <systemd/watch.hpp>

namespace berth::daemon {

class ExecSessions {
  public:
    explicit ExecSessions(Context& context) : context_(context) {}

    /// Starts the command and answers with (id, a{sv}).
    void start(const Permit& permit, const store::ContainerRecord& record,
               const container::ExecOptions& options, bool detached);
    /// Answers with the exit status, when there is one.
    void wait(const bus::Call& call, const std::string& id);
    void unit_ended(const systemd::UnitEvent& event);
    /// Takes over the sessions of a former berthd.
    void recover();

    /// The container it runs in; empty for an unknown one.
    [[nodiscard]] std::optional<ContainerId> container_of(const std::string& id) const;

  private:
    struct Session {
        store::ContainerRecord container;
        bool detached = false;
        bool tty = false;
        bool starting = true;                  ///< until its client has been answered
        std::optional<std::int32_t> early_end; ///< the exit code, when it ended before that
        std::optional<std::int32_t> exit_code;
        std::vector<bus::Call> waiters;
        bus::Slot client_gone;
        bus::Source forget;
        Idle::Hold hold; ///< until it has ended
    };

    void watch_client(const std::string& id, const std::string& client);
    void kill(const std::string& id);
    void started(const bus::Call& call, const std::string& id);
    void ended(const std::string& id, std::int32_t exit_code);

    Context& context_;
    std::map<std::string, Session> sessions_;
};

} // namespace berth::daemon
