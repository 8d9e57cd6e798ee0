#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What has been transferred is not transferred again: connections that break, killed workers, a killed service,
# and blobs that the registry has.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/registry.sh"
source "$(dirname "$0")/../lib/settings.sh"

registry_up 5011 || exit 1
cleanup systemctl stop registry-5011
cleanup systemctl stop front-slow front-cut
layout=$(mktemp -d /var/tmp/layout.XXXXXX)
cleanup rm -rf "$layout"

# Two layers of 12 MB that no packing makes smaller.
umoci init --layout "$layout/l" && umoci new --image "$layout/l:1"
for n in 1 2; do
    mkdir "$layout/$n" && head -c 12000000 /dev/urandom >"$layout/$n/f$n"
    umoci insert --image "$layout/l:1" "$layout/$n" /
done
registry_put "$layout/l:1" big:1 5011
registry_put "$layout/l:1" big:other 5011
size=$(skopeo inspect --raw --tls-verify=false docker://localhost:5011/big:1 | jq '[.layers[].size] | add')
like "$size" '^2[0-9]{7}$' 'the image to pull has 24 MB'
enough=$((size + size / 20))
bytes() { front_bytes "$1" GET /blobs/; }
fresh() {
    berth rmi -f "$1" >/dev/null
    rm -f /var/lib/berth/blobs/partial/*
}
whole() { # whole IMAGE NAME: its files are what was put in
    berth create --name look "$1" /none >/dev/null
    berth cp look:/f1 - | tar -xO | cmp - "$layout/1/f1" && berth cp look:/f2 - | tar -xO | cmp - "$layout/2/f2"
    is $? 0 "$2"
    berth rm look >/dev/null
}
between() { [[ $1 -ge $2 && $1 -le $3 ]]; } # between N LOW HIGH

registry_front cut 5012 5011 --cut 1500000
ok 'connections that break every 1.5 MB do not end a pull' berth pull -q localhost:5012/big:1
ok "and no byte comes twice ($(bytes cut) of $size)" between "$(bytes cut)" "$size" "$enough"
ok 'it took many connections' between "$(front_count cut GET /blobs/)" 16 40
whole localhost:5012/big:1 'and the image is whole'
fresh localhost:5012/big:1

# A worker that dies in the middle.
worker() { systemctl show -P MainPID "$(systemctl list-units --no-legend --plain 'berth-job-*' | awk '{ print $1; exit }')"; }
partial() { du -cb /var/lib/berth/blobs/partial/* 2>/dev/null | tail -n 1 | cut -f 1; }
registry_front slow 5013 5011 --rate 3000000
berth pull -q localhost:5013/big:1 >/run/pull.out 2>&1 &
pull=$!
some_came() { [[ $(partial) -gt 5000000 ]]; }
ok 'a pull is under way' eventually 20 some_came
kill -9 "$(worker)"
status=0
wait $pull || status=$?
is $status 1 'it ends when its worker is killed'
is "$(wc -l </run/pull.out)" 1 'with one line that says so'
kept=$(partial)
ok 'what had come is kept' between "${kept:-0}" 5000000 "$size"
ls /var/lib/berth/storage/overlay/layers >/run/layers
ok 'another pull' berth pull -q localhost:5013/big:1
ok "goes on where it stopped ($(bytes slow) of $size)" between "$(bytes slow)" "$size" "$enough"
whole localhost:5013/big:1 'and makes it whole'
is "$(ls /var/lib/berth/blobs/partial)" '' 'nothing partial is left'
fresh localhost:5013/big:1

# The service dies in the middle.
registry_front slow 5013 5011 --rate 4000000
berth pull -q localhost:5013/big:1 >/run/pull.out 2>&1 &
pull=$!
ok 'a pull is under way again' eventually 20 some_came
kill -9 "$(systemctl show -P MainPID berthd)"
status=0
wait $pull || status=$?
is $status 0 'it goes on without the service'
ok "and nothing comes twice ($(bytes slow) of $size)" between "$(bytes slow)" "$size" "$enough"
whole localhost:5013/big:1 'and the image is whole'
is "$(berth system check >/dev/null 2>&1; echo $?)" 0 'the store is sound'

# A cancelled one, and what is too old.
fresh localhost:5013/big:1
registry_front slow 5013 5011 --rate 3000000
berth pull -q localhost:5013/big:1 >/dev/null 2>&1 &
ok 'one more pull' eventually 20 some_came
ok 'is cancelled' berth cancel "$(berth jobs -q | head -n 1)"
wait $!
ok 'what it had is kept' between "$(partial)" 5000000 "$size"
touch -d '40 days ago' /var/lib/berth/blobs/partial/*
systemctl restart berthd
is "$(ls /var/lib/berth/blobs/partial)" '' 'until it is old'

# Pushing.
berth_settings $'[registry.distribution]\nupload-chunk = 1000000'
berth pull -q localhost:5011/big:1 >/dev/null
registry_front push 5014 5011
cleanup systemctl stop front-push
berth tag localhost:5011/big:1 localhost:5014/mine:1
ok 'a push' berth push -q localhost:5014/mine:1
sent=$(front_bytes push PATCH /mine/)
ok "goes in chunks of 1 MB ($(front_count push PATCH /mine/))" between "$(front_count push PATCH /mine/)" 24 27
ok 'each byte once' between "$sent" "$size" "$enough"
registry_front push 5014 5011
ok 'the same again' berth push -q localhost:5014/mine:1
is "$(front_count push PATCH .) $(front_count push POST .)" '0 0' 'sends no blob'
berth tag localhost:5011/big:1 localhost:5014/second:1
ok 'to another repository' berth push -q localhost:5014/second:1
is "$(front_count push PATCH .)" 0 'the blobs are taken over from the first'
ok 'by three mounts' between "$(front_count push POST 'mount=.*from=')" 3 3
head -c 12000000 /dev/urandom >"$layout/1/f1"
tar -C "$layout/1" -c f1 | berth import - localhost:5014/cut:1 >/dev/null
registry_front push 5014 5011 --break-at 6500000
ok 'a push over a connection that breaks' berth push -q localhost:5014/cut:1
ok 'arrives' skopeo inspect --tls-verify=false docker://localhost:5011/cut:1
# This registry forgets an upload whose chunk broke off; one that remembers is in tests/contract/registry.
sent=$(front_bytes push PATCH .)
ok "though this registry forgets what it had ($sent bytes)" between "$sent" 12000000 19500000
berth_settings $'[registry.distribution]\nupload-chunk = 8000000'
head -c 12000000 /dev/urandom >"$layout/1/f1"
tar -C "$layout/1" -c f1 | berth import - localhost:5014/short:1 >/dev/null
registry_front push 5014 5011 --cut 3000000
ok 'a push over connections too short for a chunk' berth push -q localhost:5014/short:1
ok 'arrives in smaller ones' skopeo inspect --tls-verify=false docker://localhost:5011/short:1
