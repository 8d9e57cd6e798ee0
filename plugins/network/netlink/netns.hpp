// SPDX-License-Identifier: LGPL-2.1-or-later
// The calling thread in another network namespace for a while, and the settings below
// /proc/sys/net, which are those of the thread's namespace.
#pragma once

#include <optional>
#include <string>

#include <base/fd.hpp>

namespace berth::netlink {

/// Enters the namespace behind `netns_fd`; its end goes back. The process ends if the way back is
/// barred, for going on in a container's namespace would be worse.
class InNetns {
  public:
    explicit InNetns(int netns_fd);
    ~InNetns();
    InNetns(const InNetns&) = delete;
    InNetns& operator=(const InNetns&) = delete;

  private:
    base::Fd before_;
};

/// "net.ipv4.conf.NAME.forwarding" as its path parts: ("ipv4/conf", NAME, "forwarding").
struct InterfaceSetting {
    const char* family; ///< "ipv4" or "ipv6"
    std::string interface;
    const char* key;
};

/// Empty where this kernel has no such setting (IPv6 switched off, an older kernel).
[[nodiscard]] std::optional<std::string> read_setting(const InterfaceSetting& setting);
/// Writes unless it is so already. False where this kernel has no such setting.
bool write_setting(const InterfaceSetting& setting, const std::string& value);

} // namespace berth::netlink
