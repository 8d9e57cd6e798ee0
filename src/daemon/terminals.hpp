// SPDX-License-Identifier: LGPL-2.1-or-later
// The terminals of `-t` containers and execs: their masters are here and in the service manager's
// FD store, so attach works after a restart of berthd. A client that attaches gets the master
// itself and reads and writes it without us. While nobody does, we read: a container must not stop
// because its terminal is full. What we read of a container goes to the journal.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <base/fd.hpp>
#include <bus/object.hpp>
#include <daemon/context.hpp>
#include <daemon/idle.hpp>
#include <daemon/terminal_log.hpp>

namespace berth::daemon {

class Terminals {
  public:
    explicit Terminals(Context& context) : context_(context) {}

    /// `key` is "container/<id>" or "exec/<8 hex>".
    void adopt(const std::string& key, base::Fd master);
    /// Takes over what a former berthd left in the FD store.
    void recover(std::map<std::string, base::Fd> kept);
    /// Its container or exec has ended.
    void drop(const std::string& key);

    [[nodiscard]] bool has(const std::string& key) const { return terminals_.contains(key); }
    /// The master for a client, until it leaves the bus. Busy while another client has it; NotFound
    /// for no such terminal.
    [[nodiscard]] bus::SharedFd attach(const std::string& key, const std::string& client);

  private:
    struct Terminal {
        base::Fd master;
        bus::Slot client_gone; ///< set: a client has it
        bus::Source readable;  ///< set: we read it
        bus::Source unclaimed; ///< set: it is new, and a client may be about to take it
        bool ended = false;    ///< its unit has ended; it waits to be claimed
        TerminalLog log;
        Idle::Hold hold;
    };

    void add(const std::string& key, base::Fd master);
    void drain(const std::string& key);
    void read(const std::string& key);
    void close(const std::string& key);

    Context& context_;
    std::map<std::string, Terminal> terminals_;
};

} // namespace berth::daemon
