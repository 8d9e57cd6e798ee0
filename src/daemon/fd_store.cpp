// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fd_store.hpp"

#include <cstdlib>

#include <base/log.hpp>
#include <bus/errors.hpp>
#include <systemd/sd-daemon.h>

namespace berth::daemon {

std::map<std::string, base::Fd> FdStore::take_kept() {
    std::map<std::string, base::Fd> kept;
    char** names = nullptr;
    const int count = bus::check(sd_listen_fds_with_names(1, &names), "cannot take descriptors");
    for (int i = 0; i < count; ++i) {
        base::Fd fd(SD_LISTEN_FDS_START + i);
        kept.insert_or_assign(names[i], std::move(fd));
        std::free(names[i]); // NOLINT(cppcoreguidelines-no-malloc)
    }
    std::free(
        names); // NOLINT(cppcoreguidelines-no-malloc,bugprone-multi-level-implicit-pointer-conversion)
    return kept;
}

void FdStore::keep(const std::string& name, int fd) {
    const std::string message = "FDSTORE=1\nFDPOLL=0\nFDNAME=" + name;
    const int sent = sd_pid_notify_with_fds(0, 0, message.c_str(), &fd, 1);
    if (sent == 0) log::debug("no service manager keeps '%s'", name.c_str());
    bus::check(sent, "cannot hand a descriptor to the service manager");
}

void FdStore::forget(const std::string& name) {
    sd_notify(0, ("FDSTOREREMOVE=1\nFDNAME=" + name).c_str());
}

} // namespace berth::daemon
