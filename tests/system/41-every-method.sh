#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every method there is, found by introspection and called by a user without rights: what its documentation
# gives to everybody is answered, all else denied, nothing hangs and nothing is told.
# shellcheck disable=SC2046 # ids without blanks
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

here=$(cd "$(dirname "$0")" && pwd)
pull_image busybox
secret=hush-$RANDOM$RANDOM
as_alice() { timeout 60 runuser -u alice -- "$@" </dev/null; }
id=$(berth run -d --name guarded -e "PASSWORD=$secret" busybox:1 sleep 1000)
ended=$(berth create --name ended busybox:1 true)
berth save busybox:1 >/dev/null
job=$(berth jobs -aq 2>/dev/null | head -n 1)
job=${job:-$(busctl --json=short call org.berth1 /org/berth1 org.berth1.Manager ListJobs 'a{sv}' 0 | grep -o '"id":{"type":"[a-z]","data":[0-9]*' | grep -o '[0-9]*$' | head -n 1)}
cleanup berth rm -f guarded ended
everything() {
    berth ps -a --no-trunc --format '{{.ID}} {{.Names}} {{.State}}'
    berth images --no-trunc --format '{{.ID}} {{.Repository}}:{{.Tag}}'
    berth volume ls -q
}
before=$(everything)

answers=$(as_alice python3 "$here/../lib/every_method.py" "$here/../../dbus" "$id" "$ended" busybox:1 "$job")
is "$(wc -l <<<"$answers")" "$(grep -c '<method name=' "$here"/../../dbus/*.xml | awk -F: '{ n += $2 } END { print n }')" \
    'every documented method is on the bus, and no other'
while read -r method right outcome text; do
    case $right in
    none) is "$outcome" ok "everybody may call $method" ;;
    *) like "$outcome" '^org.freedesktop.DBus.Error.(AccessDenied|InteractiveAuthorizationRequired)$' \
        "not everybody may call $method ($text)" ;;
    esac
done <<<"$answers"
is "$(everything)" "$before" 'nothing has changed by all that'

# A secret of root's container, wherever a user can look.
seen=$(
    cd /
    as_alice busctl --json=short call org.berth1 /org/berth1 org.freedesktop.DBus.ObjectManager GetManagedObjects
    for path in /org/berth1 "/org/berth1/container/$id"; do
        as_alice busctl introspect org.berth1 "$path"
    done
    as_alice busctl --json=short call org.berth1 /org/berth1 org.berth1.Manager ListContainers 'a{sv}' 2 all b true size b true
    as_alice systemctl show berth-guarded
    as_alice systemctl cat berth-guarded
    as_alice systemctl status berth-guarded
    as_alice journalctl
    as_alice ps -eo args
    for file in /proc/[0-9]*/environ /proc/[0-9]*/cmdline /run/systemd/transient/* /run/berth/* /var/lib/berth/*; do
        as_alice tr '\0' '\n' <"$file"
    done
) 2>/dev/null
unlike "$seen" "$secret" 'a secret is nowhere to be seen'
like "$seen" guarded 'though the container is'
is "$(stat -c %a:%U /var/lib/berth /run/berth | tr '\n' ' ')" '700:root 700:root ' 'the state is closed to users'

# What a secret passes through on its way.
as_alice timeout 20 busctl monitor --json=short --match "type='signal',sender='org.berth1'" >/var/tmp/alice-saw 2>/dev/null &
monitor=$!
as_alice python3 -c "
import sys; sys.path.insert(0, '$here/../lib')
import wire
bus = wire.Bus()
bus.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'AddMatch', 's', [\"type='signal',sender='org.berth1'\"])
print('ready', flush=True)
while True:
    message = bus.receive(8)
    if message is None: break
    print(message.member, message.raw)
" >/var/tmp/alice-heard &
listener=$!
eventually 10 grep -q ready /var/tmp/alice-heard
berth exec -e "TOKEN=$secret" guarded true
berth run --rm -e "TOKEN=$secret" busybox:1 true
berth stop -t 0 guarded >/dev/null
wait $listener
kill $monitor 2>/dev/null
like "$(tr -d '\0' </var/tmp/alice-heard)" exec_die 'a user hears what happens'
unlike "$(tr -d '\0' </var/tmp/alice-heard)$(tr -d '\0' </var/tmp/alice-saw)" "$secret" 'and no secret with it'
rm -f /var/tmp/alice-heard /var/tmp/alice-saw
