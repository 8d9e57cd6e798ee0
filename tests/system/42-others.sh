#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A user who may run containers on the host still may not reach into other users', nor get another path
# mounted than the one that was authorised.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
as_alice() { timeout 30 runuser -u alice -- "$@" </dev/null; }
rules=/etc/polkit-1/rules.d/10-berth-others.rules
allow() {
    cat >$rules <<TEXT
polkit.addRule(function(action, subject) {
    if (subject.user == "alice" && [$1].indexOf(action.id.replace("org.berth1.", "")) >= 0) return polkit.Result.YES;
});
TEXT
    sleep 1
}
cleanup rm -f $rules
cleanup sh -c 'berth rm -f others mine swapped; berth volume rm -f others-volume mine-volume'
berth volume create others-volume >/dev/null
berth run -d --name others -v others-volume:/v -v /others-anonymous busybox:1 sleep 1000 >/dev/null

fails 125 'without rights a user learns of no path' as_alice berth create --mount type=bind,src=/root/none,dst=/x busybox:1 true
like "$err" 'org.berth1.(container|volume)-' 'but that it may not'
unlike "$err" 'exist' 'whether it is there or not'

allow '"container-run", "container-run-host"'
ok 'a user who may run runs' eventually 10 runuser -u alice -- berth run --rm --net none busybox:1 true
for option in --pid=container:others --ipc=container:others --net=container:others --volumes-from=others \
    --volume=others-volume:/x; do
    fails 125 "but not with $option of another" as_alice berth run --rm "$option" busybox:1 true
    like "$err" 'org.berth1.(container|volume)-' 'for want of that right'
done
ok 'with a volume of its own' as_alice berth run -d --name mine -v mine-volume:/v busybox:1 sleep 1000
ok 'and what is its own' as_alice berth run --rm --volumes-from mine --pid container:mine busybox:1 true
allow '"container-run", "container-run-host", "container-exec", "volume-manage"'
ok 'with the rights on both' eventually 10 runuser -u alice -- berth run --rm --pid container:others busybox:1 true
ok 'also to volumes' as_alice berth run --rm --volumes-from others busybox:1 true
fails 125 'never what is privileged' as_alice berth run --rm --privileged busybox:1 true
fails 125 'nor what rules the machine' as_alice berth run --rm -v /run/dbus:/x busybox:1 true
runuser -u alice -- ln -sfn /run/dbus /tmp/alice-link
fails 125 'by a link neither' as_alice berth run --rm -v /tmp/alice-link:/x busybox:1 true
fails 1 'nor is a limit a way to more' as_alice busctl call org.berth1 \
    "/org/berth1/container/$(berth inspect -f '{{.Id}}' mine)" org.berth1.Container Update 'a{sv}a{sv}' 1 privileged b true 0

# The source becomes a link after it was authorised.
runuser -u alice -- mkdir -p /tmp/alice-dir
runuser -u alice -- rm -f /tmp/alice-link
ok 'a directory of its own' as_alice berth create --name swapped -v /tmp/alice-dir:/x busybox:1 ls /x
runuser -u alice -- rmdir /tmp/alice-dir
runuser -u alice -- ln -s /run/dbus /tmp/alice-dir
fails 125 'swapped for a link is not mounted' berth start -a swapped
like "$err" 'symbolic link' 'and said to be one'
ok 'links of root are followed' sh -c 'ln -sfn /etc /tmp/root-link; berth run --rm -v /tmp/root-link:/x busybox:1 test -e /x/hostname'
rm -rf /tmp/alice-dir /tmp/root-link
