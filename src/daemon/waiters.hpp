// SPDX-License-Identifier: LGPL-2.1-or-later
// What happens when a container's run ends: its events are told, one with --rm is removed, and
// those who wait for it get their answer, in this order. PID 1's signals say when to look; the
// record, which berth-run wrote before the unit was gone, says what happened.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <bus/object.hpp>
#include <container/state.hpp>
#include <daemon/context.hpp>
#include <daemon/idle.hpp>

namespace berth::daemon {

class Permit;

enum class WaitFor {
    NotRunning, ///< at once when it does not run
    NextExit,   ///< the end of the present or next run
    Removed,    ///< there is no such container any more
};
/// "not-running", "next-exit", "removed"; InvalidArgument.
[[nodiscard]] WaitFor parse_wait_for(const std::string& text);

class Waiters {
  public:
    explicit Waiters(Context& context) : context_(context) {}

    /// Answers the call with (exit code, error) when it has come to that.
    void wait(const Permit& permit, const ContainerId& id, WaitFor condition);
    /// A unit's run has ended, or the unit is gone.
    void unit_ended(const std::string& unit);
    /// All units may have changed: after a start of berthd, or a lost connection to PID 1.
    void look_at_all();
    /// Somebody removed it.
    void removed(const ContainerId& id);
    /// As long as a container with --rm runs berthd stays, to remove it at its end.
    void keep_for_removal(const ContainerId& id);

  private:
    struct Waiter {
        ContainerId id;
        WaitFor condition;
        bus::Call call;
        Idle::Hold hold;
        bus::Slot gone; ///< the client left
    };
    struct Ended {
        store::ContainerRecord record;
        container::Condition condition;
        bool removed = false;
    };

    [[nodiscard]] std::optional<Ended> look(const std::string& unit);
    [[nodiscard]] std::optional<Ended> look(const ContainerId& id);
    [[nodiscard]] Ended look(const store::ContainerRecord& record);
    void looked(const std::string& unit, const std::optional<Ended>& ended);
    void tell(const Ended& ended);
    void answer(const Ended& ended, bool new_exit);

    Context& context_;
    std::list<Waiter> waiters_;
    std::set<std::string> looking_;                 ///< units being looked at
    std::set<std::string> again_;                   ///< those that changed meanwhile
    std::map<std::string, store::Usec> told_;       ///< id -> the last end that was told
    std::map<std::string, Idle::Hold> auto_remove_; ///< by id
};

} // namespace berth::daemon
