#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Limits and devices as the kernel keeps them: what was asked for is what the cgroup says, systemctl
# and berth never disagree, and a daemon-reload takes nothing away.
# shellcheck disable=SC2016 # for the container's shell
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox || exit 1
group() { echo "/sys/fs/cgroup$(systemctl show -P ControlGroup "berth-$1")"; }
limits() { (cd "$(group "$1")" && cat "${@:2}" | paste -sd' '); }
host_config() { berth inspect -f "{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}} {{.HostConfig.NanoCpus}}" "$1"; }

ok 'a container with every limit starts' berth run -d --name web --net none -m 64m --memory-swap 96m \
    --memory-reservation 32m --cpus 0.5 --cpu-shares 2048 --cpuset-cpus 1 --cpuset-mems 0 \
    --pids-limit 20 --blkio-weight 500 --device /dev/vdb:/dev/disk:r --restart always busybox:1 sleep 1000
cleanup berth rm -f web
is "$(limits web memory.max memory.swap.max memory.low)" '67108864 33554432 33554432' 'memory and swap are limited'
is "$(limits web cpu.max cpu.weight cpuset.cpus.effective cpuset.mems.effective)" '50000 100000 79 1 0' 'processors too'
is "$(limits web pids.max io.weight)" '20 default 4950' 'so are processes and disk time'
is "$(berth exec web cat /sys/fs/cgroup/memory.max)" 67108864 'the container sees its own limits'
is "$(berth exec web nproc)" 1 'and its one processor'
is "$(systemctl show -P MemoryMax -P TasksMax -P CPUQuotaPerSecUSec berth-web | paste -sd' ')" \
    '500ms 67108864 20' 'systemctl shows them'
is "$(host_config web)" '67108864 20 500000000' 'and berth inspect'
is "$(systemctl status berth-web | grep -cE '[├└]─')" 1 'systemctl status shows the container and nothing else'

# One more and one fewer than allowed, seen by the kernel's own count of refusals.
berth exec web sh -c 'bomb() { bomb | bomb & }; bomb' >/dev/null 2>&1
ok 'a fork bomb meets its limit' eventually 20 grep -q 'max [1-9]' "$(group web)/pids.events"
ok 'which it never passes' test "$(limits web pids.peak 2>/dev/null || limits web pids.current)" -le 20
ok 'the machine lives on, and the container can be restarted' timeout 60 berth restart -t 1 web
is "$(limits web pids.max memory.max)" '20 67108864' 'with its limits'

before=$(systemctl show -P MainPID berth-web)
ok 'limits change while it runs' berth update -m 128m --memory-swap -1 --cpus 1.5 --pids-limit 30 web
is "$(limits web memory.max memory.swap.max cpu.max pids.max cpuset.cpus)" '134217728 max 150000 100000 30 1' \
    'those asked for, and no others'
is "$(systemctl show -P MainPID berth-web)" "$before" 'without a restart'
is "$(host_config web)" '134217728 30 1500000000' 'berth inspect knows'
ok 'an administrator changes one' systemctl set-property berth-web MemoryMax=80M
is "$(host_config web)" '83886080 30 1500000000' 'and berth inspect tells it'
berth update --pids-limit 31 web >/dev/null
is "$(limits web memory.max pids.max)" '83886080 31' 'another change leaves that one alone'

# Devices: the node can be made, to use it is another matter.
devices() {
    berth exec web sh -c 'mknod -m 666 /tmp/other b 254 0 2>/dev/null
        head -c 1 /dev/disk >/dev/null && echo read
        true 2>&1 >>/dev/disk && echo written
        head -c 1 /tmp/other >/dev/null && echo other
        head -c 1 /dev/zero >/dev/null && echo zero' 2>&1 | sed 's/.*: //' | paste -sd,
}
only='read,Operation not permitted,Operation not permitted,zero'
is "$(devices)" "$only" 'the device given can be read, not written, no other is reached'
systemctl daemon-reload
is "$(devices)" "$only" 'the same after a daemon-reload'
is "$(limits web memory.max pids.max)" '83886080 31' 'which keeps the limits'
systemctl daemon-reexec
is "$(devices)" "$only" 'the same after a daemon-reexec'
is "$(limits web memory.max pids.max)" '83886080 31' 'which keeps them too'
is "$(berth run --rm --net none --privileged busybox:1 sh -c 'head -c 1 /dev/vda | wc -c')" 1 'a privileged one reaches all'

# What stats says is what the cgroup says.
berth run -d --name busy --net none --cpus 0.2 -v /var/tmp:/data busybox:1 \
    sh -c 'dd if=/dev/zero of=/data/io bs=64k count=16 conv=fsync 2>/dev/null; while :; do :; done' >/dev/null
cleanup berth rm -f busy
ok 'a busy container is held back' eventually 30 grep -q 'nr_throttled [1-9]' "$(group busy)/cpu.stat"
path=$(busctl --json=short call org.berth1 /org/berth1 org.berth1.Manager GetContainer s web | jq -r '.data[0]')
stats=$(busctl --json=short call org.berth1 "$path" org.berth1.Container Stats 'a{sv}' 0 | jq -c '.data[0] | map_values(.data)')
is "$(jq -r '"\(.memory_limit) \(.pids)"' <<<"$stats")" "$(limits web memory.max pids.current)" 'stats tells limit and processes'
is "$(jq -r .memory <<<"$stats")" \
    "$(($(limits web memory.current) - $(awk '$1 == "inactive_file" { print $2 }' "$(group web)/memory.stat")))" \
    'and the memory in use, without what the kernel can take back'
line=$(berth stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}} {{.BlockIO}}' busy)
like "$line" '^busy [0-9.]+[KM]iB / [0-9.]+[GM]iB [0-9]+ .* / (1\.[01][0-9]?MB|[1-9].*MB)' 'berth stats shows what was written'
like "$(systemd-cgtop --batch --iterations=1 berth.slice)" 'berth-busy.service' 'systemd-cgtop shows it as a unit'
berth rm -f busy >/dev/null

# Out of memory: the container, or a process of it.
timeout 120 berth events --filter event=oom --format '{{.Actor.Attributes.name}}' >/tmp/events &
cleanup kill $!
fails 137 'what eats too much memory is killed' berth run --name hog --net none -m 24m --memory-swap 24m busybox:1 tail /dev/zero
cleanup berth rm -f hog victim
is "$(berth inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}}' hog)" 'true 137' 'and inspect says by whom'
like "$(berth ps -a --filter name=hog --format '{{.Status}}')" '^Exited \(137\)' 'berth ps shows the status'
is "$(systemctl --failed --no-legend | wc -l)" 0 'no unit stays failed'
ok 'there is an event' eventually 20 grep -qx hog /tmp/events
is "$(berth run --name victim --net none -m 24m --memory-swap 24m busybox:1 sh -c 'tail /dev/zero; echo "lives $?"')" \
    'lives 137' 'a killed process does not end its container'
is "$(berth inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}}' victim)" 'true 0' 'but is told of'
berth rm -f web hog victim >/dev/null
is "$(find /sys/fs/cgroup/berth.slice -name 'berth-*' 2>/dev/null | wc -l)" 0 'no cgroup is left'
