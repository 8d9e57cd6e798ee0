#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Restart policies are PID 1's: counted alike by systemctl and berth, ended by a stop from either
# side, kept while berthd is dead or gone for want of work. And nothing of berth stays resident.
# shellcheck disable=SC2016 # for the container's shell
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox || exit 1
state() { berth inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}' "$1"; }
restarted() { [[ $(systemctl show -P NRestarts "berth-$1") -ge $2 ]]; }
is_state() { [[ $(state "$1") =~ $2 ]]; }
start() { berth run -d --name "$1" --net none --restart "$2" busybox:1 sh -c "$3" >/dev/null; }
berths() { find /proc -maxdepth 2 -name exe -lname '*/berth*' 2>/dev/null | wc -l; }
cleanup sh -c 'systemctl unmask --runtime berthd; berth rm -f $(berth ps -aq)'

start always always 'trap "exit 0" TERM; sleep 0.5; exit 3'
ok 'always: it comes back' eventually 30 restarted always 2
ok 'as often as systemd says' is_state always "^(running|restarting) [03] [2-9]"
start failing on-failure:2 'exit 5'
ok 'on-failure:2: it is tried three times, and that is all' eventually 30 is_state failing '^exited 5 2$'
start fine on-failure 'exit 0'
ok 'on-failure: a success is one' eventually 15 is_state fine '^exited 0 0$'
ok 'berth stop' berth stop -t 3 always
start unless unless-stopped 'trap "exit 0" TERM; sleep 1000 & wait'
before=$(systemctl show -P MainPID berth-unless)
kill -9 "$before"
ok 'unless-stopped: it comes back when killed' eventually 20 is_state unless '^running 0 1$'
unlike "$(systemctl show -P MainPID berth-unless)" "^($before|0)$" 'as another process'
ok 'systemctl stop' systemctl stop berth-unless
like "$(state unless)" '^exited 0' 'ends it for good'
like "$(state always)" '^exited [03] [2-9]' 'and the one stopped before is still so'
is "$(systemctl list-units --all --no-legend 'berth-a*' 'berth-f*' 'berth-u*' | wc -l)" 0 'no unit of them is left'

# What ends while berthd can't be started is recorded all the same, and restarted where it should be.
start gone no 'sleep 1000'
start kept always 'sleep 1000'
main=$(systemctl show -P MainPID berth-gone) again=$(systemctl show -P MainPID berth-kept)
systemctl mask --runtime --now berthd 2>/dev/null
is "$(berths)" 0 'with berthd stopped no program of berth runs, and the containers do'
kill -9 "$main" "$again"
ok 'a container ends without berthd' eventually 20 sh -c '! systemctl is-active berth-gone'
ok 'another is restarted without it' eventually 20 restarted kept 1
when=$(date +%s)
systemctl unmask --runtime berthd 2>/dev/null
is "$(state gone)" 'exited 137 0' 'its status was recorded'
ok 'when it ended' test "$(date +%s -d "$(berth inspect -f '{{.State.FinishedAt}}' gone)")" -le "$when"
is "$(state kept)" 'running 0 1' 'the restart was counted'

# Idle: nobody needs berthd, so it leaves; a call brings it back.
mkdir -p /run/systemd/system/berthd.service.d
printf '[Service]\nEnvironment=BERTH_IDLE_SECONDS=1\n' >/run/systemd/system/berthd.service.d/idle.conf
cleanup rm -r /run/systemd/system/berthd.service.d
systemctl daemon-reload
systemctl restart berthd
ok 'without work berthd leaves' eventually 60 sh -c '[ "$(systemctl is-active berthd)" = inactive ]'
is "$(berths)" 0 'and no program of berth is left beside a running container'
is "$(state kept)" 'running 0 1' 'a call brings it back'

# A terminal outlives the service.
berth run -dit --name shell --net none busybox:1 sh >/dev/null
before=$(systemctl show -P MainPID berth-shell)
kill -9 "$(systemctl show -P MainPID berthd)"
ok 'berthd is back after a crash' eventually 30 berth ps
is "$(systemctl show -P MainPID berth-shell)" "$before" 'a container with a terminal lives on'
keys() { (sleep 2; printf 'echo typed-$((40+2))\n'; sleep 2; printf '\020\021'; sleep 1); }
like "$(keys | script -qec 'berth attach shell' /dev/null)" 'typed-42' 'and can be attached to'
berth rm -f gone kept shell failing fine unless always >/dev/null
rm -r /run/systemd/system/berthd.service.d
systemctl daemon-reload
