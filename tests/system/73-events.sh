#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What happens is told as it happens, and afterwards.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
start=$(date +%s.%N)
berth events --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}' --filter container=told >/tmp/events.live &
live=$!
cleanup kill $live
sleep 0.5
berth run --name told busybox:1 true
berth rm told >/dev/null
story=$'container create told\ncontainer start told\ncontainer die told\ncontainer destroy told'
ok 'it is told as it happens' eventually 5 grep -q destroy /tmp/events.live
is "$(cat /tmp/events.live)" "$story" 'in its order'

past() { berth events --since "$start" --until "$(date +%s.%N)" --filter container=told "$@"; }
is "$(past --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}')" "$story" 'and afterwards'
is "$(past --filter event=die --format '{{.Actor.Attributes.exitCode}}')" 0 'with the exit status'
systemctl restart berthd
is "$(past --format '{{.Action}}' | tr '\n' ' ')" 'create start die destroy ' 'also after a restart of berthd'
is "$(berth events --since 2000-01-01 --until 2000-01-02)" '' 'what is too old is not told'
like "$(past --format json | head -n 1 | jq -r .TimeNano)" '^[0-9]{19}$' 'json has the time in nanoseconds'
fails 1 'a time that is none is refused' berth events --since yesterday-ish
is "$(runuser -u alice -- berth events --since "$start" --until "$(date +%s.%N)" --filter event=create | grep -c told)" 1 \
    'everybody may listen'
