// SPDX-License-Identifier: LGPL-2.1-or-later
// What berth-run says to systemd: the one datagram of sd_notify(3), without its library.
#pragma once

#include <sys/types.h>

namespace berth::run {

/// "READY=1\nMAINPID=pid" to $NOTIFY_SOCKET; nothing when it is not set.
void notify_ready(pid_t main_pid);

} // namespace berth::run
