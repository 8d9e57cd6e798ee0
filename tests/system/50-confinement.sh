#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a container can see and do is nowhere more than what docker's defaults allow.
# shellcheck disable=SC2016,SC2046,SC2012 # for the container's shell; ids without blanks
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image debian
inside() { berth run --rm "$@"; }
status=$(inside debian:12 cat /proc/self/status)
like "$status" 'CapEff:.00000000a80425fb' "docker's fourteen capabilities"
like "$status" 'CapInh:.0000000000000000' 'none of them inheritable'
like "$status" 'CapAmb:.0000000000000000' 'none of them ambient'
like "$status" 'Seccomp:.2' 'a system call filter'
like "$(inside --security-opt no-new-privileges debian:12 cat /proc/self/status)" 'NoNewPrivs:.1' 'no new privileges when asked'
is "$(inside debian:12 sh -c 'cd /proc/self/fd && for f in *; do [ -e $f ] && echo -n "$f "; done' | cut -c1-6)" '0 1 2 ' \
    'no descriptor but three'
fails 1 'it can not mount' inside debian:12 sh -c 'mount -t tmpfs none /mnt || exit 1'
fails 1 'it can not make a user namespace' inside debian:12 sh -c 'unshare -U true || exit 1'
fails 1 '/proc/sys is read-only' inside debian:12 sh -c 'echo 1 > /proc/sys/kernel/panic || exit 1' 2>/dev/null
fails 1 '/sys is read-only' inside debian:12 sh -c 'mkdir /sys/fs/cgroup/x || exit 1'
is "$(inside debian:12 sh -c 'cat /proc/kcore 2>/dev/null | head -c 1 | wc -c')" 0 '/proc/kcore is masked'
is "$(inside debian:12 sh -c 'cat /proc/keys | wc -c')" 0 '/proc/keys is masked'
is "$(inside debian:12 sh -c 'ls -A /sys/firmware | wc -l')" 0 '/sys/firmware is masked'
is "$(inside debian:12 sh -c 'ls /dev | sort | tr "\n" " "')" \
    'core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero ' 'a minimal /dev'
is "$(inside debian:12 sh -c 'ps -e 2>/dev/null | wc -l; ls -d /proc/[0-9]* | wc -l' | tail -1)" 3 'it sees only its own processes'
is "$(inside --user 1234:5678 debian:12 id)" 'uid=1234 gid=5678 groups=5678' 'numbers as a user'
like "$(inside --user daemon debian:12 id)" 'uid=1\(daemon\) gid=1\(daemon\)' 'a name as a user'
fails 125 'a user over 2^31 is refused' inside --user 4294967296 debian:12 id
fails 125 'a user that is not there is refused' inside --user nobodyatall debian:12 id
fails 125 'a mount over /proc is refused' inside -v /tmp:/proc/sys debian:12 true
is "$(inside --read-only debian:12 sh -c 'touch /x 2>/dev/null || echo no')" no 'a read-only root'
is "$(inside --init debian:12 cat /proc/1/comm)" berth-init 'an init of its own when asked'
like "$(inside --privileged debian:12 cat /proc/self/status)" 'Seccomp:.0' 'no filter when privileged'
is "$(inside --tmpfs /t:size=1m debian:12 stat -f -c %T /t)" tmpfs 'a tmpfs where asked'
is "$(inside --ulimit nofile=100:200 debian:12 sh -c 'ulimit -Sn; ulimit -Hn' | tr '\n' ' ')" '100 200 ' 'its own limits'
is "$(inside --net none debian:12 sh -c 'ls /sys/class/net')" lo 'no network when asked for none'
is "$(inside --net host debian:12 readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)" "the host's network when asked"

# An image that attacks the runner: its /proc, /dev and /etc are links out.
hostile=$(mktemp -d /var/tmp/hostile.XXXXXX)
cleanup rm -rf "$hostile" /var/tmp/target
mkdir -p "$hostile/bin" /var/tmp/target
cp /bin/busybox "$hostile/bin/sh"
for name in dev sys etc; do ln -s /var/tmp/target "$hostile/$name"; done
tar -C "$hostile" -c . | berth import - hostile:1 >/dev/null
run berth run --rm hostile:1 /bin/sh -c 'echo in'
is "$(find /var/tmp/target -mindepth 1 | wc -l)" 0 'links in an image lead nowhere on the host'
