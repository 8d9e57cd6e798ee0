#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The machine has what a box has not: cgroup controllers and device-mapper.
source "$(dirname "$0")/../lib/case.sh"

is "$(systemctl is-system-running)" running 'it booted without a failed unit'
for controller in cpu cpuset io memory pids; do
    like " $(cat /sys/fs/cgroup/cgroup.controllers) " " $controller " "the $controller controller is there"
done
ok 'a memory limit is kept' systemd-run --quiet --wait -p MemoryMax=32M -p MemorySwapMax=0 true
run systemd-run --quiet --unit=hog --wait -p MemoryMax=32M -p MemorySwapMax=0 python3 -c 'b"x" * (200 << 20)'
is "$(systemctl show --property=Result --value hog)" oom-kill 'and ends what goes over it'
systemctl reset-failed hog
modprobe dm_thin_pool
like "$(dmsetup targets)" 'thin-pool' 'device-mapper has thin pools'
