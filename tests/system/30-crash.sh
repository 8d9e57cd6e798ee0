#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# kill -9 of the service touches no container and loses no record.
# shellcheck disable=SC2016,SC2046,SC2012 # for the container's shell; ids without blanks
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
crash() {
    local pid
    pid=$(systemctl show -P MainPID berthd)
    [[ $pid == 0 ]] || kill -9 "$pid" 2>/dev/null
}
cleanup sh -c 'berth rm -f $(berth ps -aq)'

for n in 1 2 3; do berth run -d --name "c$n" busybox:1 sleep 1000 >/dev/null; done
before=$(for n in 1 2 3; do systemctl show -P MainPID "berth-c$n"; done)
crash
is "$(berth ps -q | wc -l)" 3 'every container is listed after a crash'
is "$(for n in 1 2 3; do systemctl show -P MainPID "berth-c$n"; done)" "$before" 'and none was restarted'
crash
systemctl stop berth-c1
like "$(berth ps -a --filter name=c1 --format '{{.Status}}')" 'Exited \((137|143)\)' \
    'an exit while the service is dead is recorded'

# Kills at random moments of a run; whatever is left must be whole or gone.
for round in {1..12}; do
    berth run -d --name "r$round" busybox:1 sleep 1000 >/dev/null 2>&1 &
    sleep "0.0$((RANDOM % 9))"
    crash
    wait $!
done
eventually 10 berth ps
for id in $(berth ps -q); do berth exec "$id" true || echo "$id"; done >/tmp/broken 2>&1
is "$(cat /tmp/broken)" '' 'what is listed as running can be used'
berth rm -f $(berth ps -aq) >/dev/null
is "$(berth ps -aq)" '' 'all of it can be removed'
is "$(systemctl list-units --no-legend 'berth-r*' 'berth-c*' | wc -l)" 0 'no unit is left'
crash
ok 'the store is sound' berth system check
is "$(ls /var/lib/berth/containers | wc -l)" 0 'no directory of a container is left'
is "$(ip -o link | grep -c veth)" 0 'no interface is left'
