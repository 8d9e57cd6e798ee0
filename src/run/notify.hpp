// SPDX-License-Identifier: LGPL-2.1-or-later
// What berth-run says to systemd: the datagrams of sd_notify(3), without its library. Nothing is
// said when $NOTIFY_SOCKET is not set.
#pragma once

#include <sys/types.h>

namespace berth::run {

/// "MAINPID=pid" and "READY=1", and waits until systemd has taken it: of a process that is gone by
/// then it would not know the exit status. So it is said just before the payload's exec; whether
/// that worked is known when the lock of the start is free. Source: sd_notify(3), BARRIER=1.
void notify_ready(pid_t main_pid);

} // namespace berth::run
