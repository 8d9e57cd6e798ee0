#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the supervisor and the bus do beneath: reload, re-execution, hardening, and leaving when idle.
# shellcheck disable=SC2016,SC2046 # for the container's shell; ids without blanks
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
cleanup sh -c 'berth rm -f plain device tty'
berth run -d --name plain -p 127.0.0.1:8099:80 -m 64m busybox:1 httpd -f >/dev/null
berth run -d --name device --device /dev/fuse:/dev/mine busybox:1 sleep 1000 >/dev/null 2>&1 ||
    berth run -d --name device --device /dev/loop-control:/dev/mine busybox:1 sleep 1000 >/dev/null 2>&1 ||
    berth run -d --name device --device /dev/tty0:/dev/mine busybox:1 sleep 1000 >/dev/null
berth run -dit --name tty busybox:1 sh >/dev/null
facts() {
    for name in plain device tty; do
        systemctl show -p MainPID,ControlGroup,DeviceAllow,DevicePolicy,MemoryMax,ActiveState "berth-$name" | sort
        berth inspect -f '{{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}' "$name"
    done
    berth exec device stat -c '%t:%T %a' /dev/mine
    berth exec device sh -c ': </dev/mine' 2>&1
    curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:8099/
}
before=$(facts)
like "$before" 'ActiveState=active' 'containers run, one with a device'
ok 'a reload' systemctl daemon-reload
is "$(facts)" "$before" 'changes nothing about them'
ok 'a re-execution' systemctl daemon-reexec
is "$(facts)" "$before" 'changes nothing either'
ok 'berthd is restarted' systemctl restart berthd
is "$(facts)" "$before" 'and they do not notice'
ok 'the bus is reloaded' systemctl reload dbus
ok 'and berthd is found' berth ps
is "$(facts)" "$before" 'with all it had'

# Hardening, as systemd judges it: the number is tenths.
score() { systemd-analyze security --no-pager "$1" 2>/dev/null | sed -n 's/.*Overall exposure level[^:]*: \([0-9.]*\).*/\1/p'; }
level=$(score berthd.service)
ok "berthd is exposed to $level of 10, at most 4.0" awk -v level="$level" 'BEGIN { exit !(level != "" && level <= 4.0) }'

# What a job is shut off from, seen from beside it: a worker that waits for input has nothing but its own.
mkfifo /var/tmp/berth-hold
cleanup rm -f /var/tmp/berth-hold
berth load </var/tmp/berth-hold >/dev/null 2>&1 &
loading=$!
exec 7>/var/tmp/berth-hold
job_unit() { systemctl list-units --no-legend --plain 'berth-job-*' | awk '{ print $1; exit }'; }
job_runs() { [[ -n $(job_unit) ]]; }
ok 'a load waits for its input in a unit' eventually 10 job_runs
job=$(job_unit)
pid=$(systemctl show -P MainPID "$job")
diag "$job: exposure $(score "$job")"
in_job() { nsenter -t "$pid" -m -n -- "$@"; }
fails 1 'the job can not write the system' in_job sh -c 'touch /usr/x 2>/dev/null || exit 1'
is "$(in_job sh -c 'ls -A /home /root 2>/dev/null | grep -v :' | tr -d '\n')" '' 'sees no home'
is "$(in_job ip -o link | wc -l)" 1 'has no network but loopback'
unlike "$(readlink "/proc/$pid/ns/net")" "$(readlink /proc/1/ns/net | tr -dc 0-9)" 'of its own'
like "$(grep -E 'NoNewPrivs|Seccomp:' "/proc/$pid/status" | tr -d '\n\t ')" 'NoNewPrivs:1Seccomp:2' 'and is filtered'
is "$(systemctl show -P ProtectSystem -P PrivateNetwork -P NoNewPrivileges "$job" | sort | tr '\n' ' ')" 'strict yes yes ' \
    'as its unit says'
exec 7>&-
wait $loading
ok 'the job has ended' eventually 10 sh -c "! systemctl is-active $job"

# Nothing stays in memory for nothing.
berth rm -f plain device tty >/dev/null
systemctl stop berthd && berth ps >/dev/null
pid=$(systemctl show -P MainPID berthd)
# Pages of programs and libraries that others have mapped too count by its share of them.
share=$(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")
ok "a berthd that has answered once takes $share kB, less than 12 MB" test "$share" -lt 12288
diag "resident: $(awk '/^Rss:/ { print $2 }' "/proc/$pid/smaps_rollup") kB"
mkdir -p /run/systemd/system/berthd.service.d
printf '[Service]\nEnvironment=BERTH_IDLE_SECONDS=2\n' >/run/systemd/system/berthd.service.d/idle.conf
cleanup sh -c 'rm -rf /run/systemd/system/berthd.service.d; systemctl daemon-reload'
systemctl daemon-reload
systemctl restart berthd
ok 'berthd leaves when there is nothing to do' eventually 20 sh -c '! systemctl is-active berthd'
is "$(systemctl show -P Result berthd)" success 'in good order'
ok 'and is back when somebody calls' berth ps
