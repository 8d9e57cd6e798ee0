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

# What the storage plugin devicemapper stands on.
linear() { dmsetup create "$1" --table "0 $(($2 * 2048)) linear /dev/vdd $(($3 * 2048))"; }
thin() { dmsetup create "$1" --table "0 $((256 * 2048)) thin /dev/mapper/pool $2"; }
cleanup dmsetup remove --retry thin snap pool meta data
linear meta 8 0 && linear data 512 8
dd if=/dev/zero of=/dev/mapper/meta bs=4096 count=1 conv=fsync status=none
ok 'a thin pool is made' dmsetup create pool --table "0 $((512 * 2048)) thin-pool /dev/mapper/meta /dev/mapper/data 128 0"
dmsetup message pool 0 'create_thin 0'
ok 'a thin device appears by udev before dmsetup returns' sh -c "$(declare -f thin)"'; thin thin 0 && test -L /dev/mapper/thin'
mkfs.ext4 -q /dev/mapper/thin
mkdir -p /run/thin
mount /dev/mapper/thin /run/thin
echo kept >/run/thin/file
umount /run/thin
dmsetup suspend thin
ok 'it has a snapshot' dmsetup message pool 0 'create_snap 1 0'
dmsetup resume thin
thin snap 1
mount /dev/mapper/snap /run/thin
is "$(cat /run/thin/file)" kept 'with the same files'
umount /run/thin
ok 'the pool counts transactions' dmsetup message pool 0 'set_transaction_id 0 1'
like "$(dmsetup status pool)" 'thin-pool 1 [0-9]+/2048 [0-9]+/8192 ' 'and what it uses'
dmsetup remove --retry thin
dmsetup remove --retry snap
dmsetup remove --retry pool
ok 'thin_check reads its metadata' thin_check /dev/mapper/meta
is "$(thin_dump /dev/mapper/meta | grep -c '<device ')" 2 'and thin_dump finds both devices'
dmsetup remove data
dmsetup remove meta
