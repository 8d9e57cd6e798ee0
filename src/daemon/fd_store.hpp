// SPDX-License-Identifier: LGPL-2.1-or-later
// Descriptors that outlive berthd: systemd keeps them under names while the service restarts, even
// after kill -9 (sd_pid_notify_with_fds(3), FDSTORE). A service that stops for good loses them
// (systemd before 254), so berthd stays while it has any.
#pragma once

#include <map>
#include <string>

#include <base/fd.hpp>

namespace berth::daemon {

class FdStore {
  public:
    /// What the service manager kept, by name. To be called once, before any thread is there.
    [[nodiscard]] static std::map<std::string, base::Fd> take_kept();

    /// Keeps a duplicate under a name of letters, digits and "-".
    void keep(const std::string& name, int fd);
    void forget(const std::string& name);
};

} // namespace berth::daemon
