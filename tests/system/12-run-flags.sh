#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Flags of run do what docker's do; those berth has not are refused, none is without effect.
# shellcheck disable=SC2016 # for the container's shell
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
dir=$(mktemp -d /var/tmp/flags.XXXXXX)
cleanup rm -rf "$dir"
for flag in '--gpus all' '--health-cmd true' '--device-read-bps /dev/null:1m' '--cpu-rt-runtime 1' \
    '--runtime runc' '--use-api-socket' '--secret x' '--pod p' '--tz UTC' '--isolation default'; do
    # shellcheck disable=SC2086 # a flag and its value
    run berth run --rm $flag busybox:1 true
    is "$status" 125 "${flag%% *} is refused"
    like "$err" "${flag%% *} can't be used: ." 'with what to do'
done
fails 125 'another volume driver is refused' berth run --rm --volume-driver nfs busybox:1 true
fails 125 '--cpus and --cpu-quota exclude each other' berth run --rm --cpus 1 --cpu-quota 5000 busybox:1 true
ok '--no-healthcheck is true anyway' berth run --rm --no-healthcheck busybox:1 true

berth create --name quota --cpu-quota 50000 --cpu-period 100000 busybox:1 true >/dev/null
cleanup berth rm -f quota
is "$(berth inspect -f '{{.HostConfig.NanoCpus}}' quota)" 500000000 '--cpu-quota is a part of a processor'

fails 125 'a create that fails' berth create --pull never --cidfile "$dir/cid" nothing:1
ok 'leaves no ID file' test ! -e "$dir/cid"
ok 'one that succeeds' berth run --rm --cidfile "$dir/cid" busybox:1 true
like "$(cat "$dir/cid")" '^[0-9a-f]{64}$' 'leaves the ID in it'
fails 125 'a second one' berth run --rm --cidfile "$dir/cid" busybox:1 true
like "$(cat "$dir/cid")" '^[0-9a-f]{64}$' "does not touch another one's file"

printf '# note\n\nFROM_FILE=1\nBOTH=file\n' >"$dir/env"
is "$(berth run --rm --env-file "$dir/env" -e BOTH=flag busybox:1 sh -c 'echo $FROM_FILE $BOTH')" '1 flag' \
    'a flag outdoes --env-file'
is "$(berth run --rm --entrypoint echo busybox:1 a b)" 'a b' '--entrypoint'
is "$(systemctl --failed --no-legend | wc -l)" 0 'no unit has failed'
