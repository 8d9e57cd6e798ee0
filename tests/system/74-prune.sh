#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# box: own
# What nothing uses can go; what was given a name to be kept, and what is used, stays.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
pull_image debian
berth volume create kept >/dev/null
echo data >/var/lib/berth/volumes/kept/_data/file
berth run -d --name runs -v held:/held -v /anonymous busybox:1 sleep 1000 >/dev/null
cleanup berth rm -f runs
berth run --name ended -v /gone busybox:1 true
berth run --name newer busybox:1 true

fails 125 'without a terminal nothing goes unasked' berth system prune </dev/null
is "$(berth container prune -f --filter until=1h | head -n 1)" 'Total reclaimed space: 0B' 'until=1h spares what is younger'
is "$(berth container prune -f --filter label=none | head -n 1)" 'Total reclaimed space: 0B' 'and so does a label nobody has'
ok 'everything unused goes' berth system prune --force --all --volumes
is "$(berth ps -a --format '{{.Names}}')" runs 'containers that have ended'
is "$(berth images --format '{{.Repository}}' | grep -c debian)" 0 'images without a container'
ok 'not the image of a container' berth image exists busybox:1
is "$(berth volume ls -q | grep -c '^[0-9a-f]\{64\}$')" 1 'anonymous volumes, but for one that is used'
is "$(berth volume ls -q | grep -v '^[0-9a-f]\{64\}$' | sort | tr '\n' ' ')" 'held kept ' 'and no volume with a name'
is "$(cat /var/lib/berth/volumes/kept/_data/file)" data 'whose data is there'
is "$(berth exec runs echo on)" on 'what runs goes on'
ok 'and nothing is wrong' berth system check
