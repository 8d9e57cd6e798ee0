// SPDX-License-Identifier: LGPL-2.1-or-later
#include "peer.hpp"

namespace berth::bus {

namespace {

constexpr std::size_t kMaxKnown = 4096;

uid_t query_uid(const Message& message) {
    base::Handle<sd_bus_creds, sd_bus_creds_unref> creds;
    check(sd_bus_query_sender_creds(message.get(), SD_BUS_CREDS_EUID, base::out(creds)),
          "cannot find out who is calling");
    uid_t uid = 0;
    check(sd_bus_creds_get_euid(creds.get(), &uid), "cannot find out who is calling");
    return uid;
}

} // namespace

uid_t Peers::uid_of(const Message& message) {
    const std::string sender = message.sender();
    if (sender.empty()) return query_uid(message);
    if (auto found = known_.find(sender); found != known_.end()) return found->second;
    if (known_.size() >= kMaxKnown) known_.clear();
    return known_[sender] = query_uid(message);
}

Slot watch_peer(Connection& connection, const std::string& sender, std::function<void()> gone) {
    if (sender.empty()) {
        return connection.match("type='signal',sender='org.freedesktop.DBus.Local',"
                                "interface='org.freedesktop.DBus.Local',member='Disconnected'",
                                [gone = std::move(gone)](const Message&) { gone(); });
    }
    return connection.match("type='signal',sender='org.freedesktop.DBus',"
                            "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" +
                                sender + "',arg2=''",
                            [gone = std::move(gone)](const Message&) { gone(); });
}

bool is_on_bus(Connection& connection, const std::string& name) {
    return connection
        .call_method({"org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"},
                     "NameHasOwner", name)
        .read<bool>();
}

} // namespace berth::bus
