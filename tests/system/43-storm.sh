#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Random calls, floods, and callers that leave: berthd stays as it is.
# box: own
# shellcheck disable=SC2016,SC2046 # for another shell; ids without blanks
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

here=$(cd "$(dirname "$0")" && pwd)
pull_image busybox
berth info >/dev/null
berthd() { systemctl show -P "$1" berthd; }
grown() { awk '/^Private_Dirty:/ { print $2 }' "/proc/$(berthd MainPID)/smaps_rollup"; }
storm() { timeout 120 python3 "$here/../lib/storm.py" "$@"; }
as_alice() { runuser -u alice -- "$@" </dev/null; }

storm 200 1 >/dev/null
main=$(berthd MainPID)
before=$(grown)
ok '400 random calls of root are answered' storm 400 2
diag "$out"
ok '1,600 of a user too' as_alice timeout 120 python3 "$here/../lib/storm.py" 1600 3
diag "$out"
is "$(berthd MainPID) $(berthd NRestarts)" "$main 0" 'by one and the same berthd'
ok "which has grown by $(($(grown) - before)) kB, less than 5 MB" test $(($(grown) - before)) -lt 5120

# A caller that leaves while it is waited for, in many a phase.
for n in {1..20}; do
    timeout -s KILL "0.0$((n % 10))5" berth run --rm busybox:1 true >/dev/null 2>&1
    timeout -s KILL "0.0$((n % 10))5" berth ps >/dev/null 2>&1
done 2>/dev/null
is "$(berthd MainPID) $(berthd NRestarts)" "$main 0" 'callers that leave take nothing along'
ok 'what they had started ends' eventually 30 sh -c '[ -z "$(berth ps -q)" ]'

for n in {1..40}; do berth run -d --name "flood$n" --net none busybox:1 sleep 100 >/dev/null & done
wait $(jobs -p)
is "$(berth ps -q --filter name=flood | wc -l)" 40 'forty starts at once'
berth rm -f $(berth ps -aq) >/dev/null
is "$(berthd MainPID) $(berthd NRestarts)" "$main 0" 'still by that berthd'
unlike "$(journalctl -q -o cat -u berthd)" 'unanswered|terminate called' 'no call was dropped'
