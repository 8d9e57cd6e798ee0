#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Images that attack what runs them: nothing of the host is read, changed or run, and nothing hangs.
# shellcheck disable=SC2016,SC2046,SC2012 # for the container's shell; ids without blanks
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"
source "$(dirname "$0")/../lib/odd.sh"

# The host's things that nobody may touch. The marker's place is where links and "..":s lead.
target=/var/tmp/berth-target
mkdir -p "$target"
echo "$RANDOM-of-the-host" >"$target/marker"
marker=$(<"$target/marker")
cleanup rm -rf "$target"
untouched() { is "$(ls -A "$target") $(<"$target/marker")" "marker $marker" "nothing was written on the host: $1"; }
odd_layout
core_pattern=$(</proc/sys/kernel/core_pattern)
runner_hash=$(sha256sum /usr/libexec/berth/* | sha256sum)

# Kernel file systems and the engine's files on links.
for place in proc sys dev dev/pts dev/shm dev/mqueue etc; do
    odd_image "link-${place//\//-}" "link:/$place:$target"
    run timeout 20 berth run --rm "odd:link-${place//\//-}" sh -c 'echo inside'
    [[ $place == etc || $place == dev/* ]] || is "$status" 125 "/$place on a link is refused"
    unlike "$out" "$marker" "/$place on a link shows nothing of the host"
    untouched "/$place"
done
odd_image link-up "link:/dev/shm:../../../../../../$target" "link:/sys:../../../../../../$target"
run timeout 20 berth run --rm odd:link-up true
untouched 'by links that go up'
odd_image resolv 'link:/etc/resolv.conf:../run/resolv.conf' 'link:/etc/hosts:/var/tmp/berth-target/hosts' \
    'link:/etc/hostname:/var/lib/none/hostname'
run timeout 20 berth run --rm odd:resolv true
is "$status" 0 'links at the files of the engine lead within the image'
untouched 'by links at the files of the engine'

# Working directories in the runner's descriptors.
peek='pwd; cat marker ../../../../../../../../var/tmp/berth-target/marker 2>/dev/null; exit 0'
odd_image workdir '--config={"WorkingDir":"/proc/self/fd/7"}'
odd_image worklink --config='{"WorkingDir":"/w"}' 'link:/w:/proc/self/fd/8'
for image in workdir worklink; do
    run timeout 20 berth run --rm "odd:$image" sh -c "$peek"
    unlike "$out" "$marker" "a working directory in /proc/self/fd does not lead out ($image)"
done
for n in 3 5 6 8 10; do
    run timeout 20 berth run --rm -w "/proc/self/fd/$n" odd:resolv sh -c "$peek"
    [[ $status -ne 0 && $out != *"$marker"* ]] || leaked+=" run:$n"
done
is "${leaked:-none}" none 'nor does any number by --workdir'
berth run -d --name hostile odd:resolv sleep 1000 >/dev/null
cleanup berth rm -f hostile
for n in 0 3 4 5 6 7 8 9; do
    run timeout 20 berth exec -w "/proc/self/fd/$n" hostile sh -c "$peek"
    [[ $out != *"$marker"* ]] || leaked+=" exec:$n"
done
is "${leaked:-none}" none 'nor one of exec'
is "$(berth exec hostile sh -c 'ls /proc/self/fd | wc -l')" 4 'exec leaves no descriptor open but three (and that of ls)'

# Account files that are bombs.
odd_image big-passwd 'sparse:/etc/passwd:100000000'
odd_image fifo-passwd 'fifo:/etc/passwd'
odd_image link-passwd 'link:/etc/passwd:/dev/zero'
odd_image dir-group 'dir:/etc/group:755'
odd_image out-passwd "link:/etc/passwd:$target/marker"
for image in big-passwd fifo-passwd link-passwd; do
    run timeout 20 berth run --rm -u user "odd:$image" id
    is "$status" 125 "$image: the user is refused, soon"
    unlike "$err" '^$' 'and told why'
done
run timeout 20 berth run --rm -u user:extra odd:dir-group id
is "$status" 125 'a directory as group file: refused'
fails 125 'a passwd that links out of the image shows nothing' timeout 20 berth run --rm -u user odd:out-passwd id

# Users that are no users.
user_is_refused() {
    odd_image user "--config={\"User\":\"$1\"}"
    run timeout 20 berth run --rm odd:user id -u
    if [[ $status -eq 125 ]]; then verdict ok "USER '$1' is refused"; else
        verdict 'not ok' "USER '$1' is refused"
        told
    fi
}
for user in 4294967296 2147483648 -1 0x0 +0 ' 0' 99999999999999999999 0:4294967296 nobody:nogroup: 'a:b:c'; do
    user_is_refused "$user"
done
odd_image user '--config={"User":"1000"}'
is "$(berth run --rm odd:user sh -c 'id -G; grep -E "Cap(Inh|Prm|Eff|Amb)" /proc/self/status | tr -d "\t\n"')" \
    "1000 2000
CapInh:0000000000000000CapPrm:0000000000000000CapEff:0000000000000000CapAmb:0000000000000000" \
    'a number has the groups the image gives it, and no capability'
is "$(berth run --rm -u 1000:1000 odd:user id -G)" 1000 'a user with a group has just that group'
is "$(berth run --rm -u 1000 --group-add 3000 odd:user id -G)" '1000 2000 3000' 'and those that were added'
is "$(berth run --rm --privileged odd:resolv grep CapInh /proc/self/status)" 'CapInh:	0000000000000000' \
    'nothing is inheritable, not even when privileged'

# Configurations that mean to be more than they are.
odd_image labels "--config={\"Labels\":{\"org.systemd.property.ExecStartPre\":\"'/bin/touch $target/x'\",
    \"org.berth1.privileged\":\"1\",\"org.berth1.network\":\"{}\",\"io.podman.annotations.privileged\":\"TRUE\"},
    \"Env\":[\"NOTIFY_SOCKET=/x\",\"BERTH_STATE_DIR=/tmp\",\"BERTH_LIBEXEC_DIR=/tmp\",\"LD_PRELOAD=/evil.so\",
    \"PATH=/bin\",\"=nameless\",\"NOVALUE\",\"A=b\\nExecStart=/bin/true\"],
    \"StopSignal\":\"SIGKILL\nKillMode=none\",\"Volumes\":{\"/v\":{}}}"
run timeout 20 berth run -d --name labelled odd:labels sleep 1000
cleanup berth rm -f labelled
if [[ $status -eq 0 ]]; then
    is "$(systemctl show -p ExecStartPre,KillMode,NotifyAccess,Environment berth-labelled | sort | tr '\n' ' ')" \
        'Environment= KillMode=mixed NotifyAccess=all ' 'labels and environment choose no property of the unit'
    is "$(berth exec labelled grep CapEff /proc/1/status)" 'CapEff:	00000000a80425fb' 'nor a capability'
    is "$(berth exec labelled grep Seccomp: /proc/1/status)" 'Seccomp:	2' 'nor the filter'
else
    like "$err" 'signal|environment' 'a stop signal that is none is named'
fi
fails 125 'a reserved annotation is refused' berth run --rm --annotation org.berth1.privileged=1 odd:resolv true
untouched 'by labels'
for volume in ../../../var/tmp/berth-target /v/../../../../var/tmp/berth-target / /proc /proc/self /dev/shm/../../proc \
    "$target:/mnt" relative; do
    odd_image volume "--config={\"Volumes\":{\"$volume\":{}}}"
    run timeout 20 berth run --rm -v /var/tmp/berth-none odd:volume sh -c "cat $volume/marker /mnt/marker 2>/dev/null; exit 0"
    [[ $out != *"$marker"* ]] || leaked+=" $volume"
done
is "${leaked:-none}" none 'VOLUMEs bring in nothing of the host'
untouched 'by VOLUMEs'

# Mount points that are links.
odd_image targets "link:/out:$target" "link:/up:../../../../../..$target" 'link:/self:/proc/self/cwd' 'link:/p:/proc' \
    'link:/a:/b' 'link:/b:/a'
for place in out up self a up/x; do
    run timeout 20 berth run --rm --tmpfs "/$place" -v "berth-odd-$RANDOM:/$place/v" odd:targets true
    run timeout 20 berth run --rm -v "/etc/hostname:/$place/file" odd:targets true
done
untouched 'by links as mount points'
for place in p p/sys p/self/attr proc proc/sys/kernel sys/../proc ./proc; do
    fails 125 "nothing is mounted on /$place" timeout 20 berth run --rm -v "$target:/$place" odd:targets true
    fails 125 "no tmpfs either" timeout 20 berth run --rm --tmpfs "/$place" odd:targets true
done
berth volume rm -f $(berth volume ls -q) >/dev/null 2>&1

# A terminal whose names are links.
mkdir -p "$target.dev" && ln -sf "$target/console" "$target.dev/console"
cleanup rm -rf "$target.dev"
run timeout 20 script -qec "berth run -t --rm -v $target.dev:/dev odd:resolv true" /dev/null
untouched 'by /dev/console as a link'

# sysctls that smuggle others.
for sysctl in 'kernel.core_pattern=|/x' 'net/../kernel/core_pattern=|/x' 'kernel.msgmax=1+kernel.core_pattern=|/x' \
    'net.ipv4.ip_forward=1
kernel.core_pattern=|/x' 'kernel/core_pattern=|/x' 'net..kernel.core_pattern=|/x' 'kernel.shm/../core_pattern=|/x' 'vm.swappiness=1'; do
    fails 125 "the sysctl '${sysctl//$'\n'/ }' is refused" timeout 20 berth run --rm --sysctl "$sysctl" odd:resolv true
done
is "$(</proc/sys/kernel/core_pattern)" "$core_pattern" "and the host's is what it was"
fails 125 'nor a sysctl of the network with the network of the host' \
    timeout 20 berth run --rm --net host --sysctl net.ipv4.ip_forward=1 odd:resolv true

# A container that replaces what the runner and its tools use.
berth exec hostile sh -c 'rm -f /dev/null; ln -s /etc/passwd /dev/null; mv /etc/passwd /etc/x; ln -s /proc/1/environ /etc/passwd'
run timeout 20 berth exec hostile true
run timeout 20 berth cp hostile:/dev/null /var/tmp/berth-null
rm -f /var/tmp/berth-null
is "$(stat -c %t:%T /dev/null)" 1:3 '/dev/null of the host is what it was'
is "$(berth run --rm odd:resolv env | grep -cE 'NOTIFY|LISTEN|INVOCATION|JOURNAL|BERTH|CREDENTIALS')" 0 \
    'nothing of the environment of the service is left'
is "$(ss -xlH 2>/dev/null | grep -c '@.*berth')" 0 'no abstract socket of berth'
is "$(berth run --rm --net host odd:resolv cat /proc/net/unix | grep -c '@.*berth')" 0 'neither from the network of the host'

# Programs and libraries of the image that wait for the runner and the helpers to load them.
odd_programs
odd_image loader "copy:/lib64/ld-linux-x86-64.so.2:755:$odd_dir/intruder" "copy:/evil.so:755:$odd_dir/evil.so" \
    'file:/etc/ld.so.preload:644:/evil.so' "copy:/lib/x86_64-linux-gnu/libc.so.6:755:$odd_dir/evil.so" \
    "copy:/lib/x86_64-linux-gnu/libnss_files.so.2:755:$odd_dir/evil.so" 'file:/start:755:#!/proc/self/exe' \
    'file:/etc/nsswitch.conf:644:passwd: evil files' 'link:/busybox-start:/proc/self/exe' \
    "copy:/bin/ps:755:$odd_dir/intruder" "copy:/bin/tar:755:$odd_dir/intruder" "copy:/usr/bin/nsenter:755:$odd_dir/intruder"
berth run -d --name loader odd:loader sleep 1000 >/dev/null
cleanup berth rm -f loader
ok 'exec in such a container' timeout 20 berth exec -u user loader true
ok 'top' timeout 20 berth top loader
ok 'cp out' timeout 20 berth cp loader:/etc/group /var/tmp/berth-group
ok 'cp in' timeout 20 berth cp /var/tmp/berth-group loader:/tmp/in
rm -f /var/tmp/berth-group
ok 'diff' timeout 20 berth diff loader
ok 'export' timeout 20 sh -c 'berth export loader >/dev/null'
ok 'commit' timeout 20 berth commit loader odd:committed
is "$(berth exec loader find / -maxdepth 1 -name 'ran-*')" '' 'none of them runs or loads anything of the image'
for command in /start /busybox-start; do
    run timeout 20 berth run --rm odd:loader "$command"
    unlike "$out" 'WRITTEN' "the runner started as '$command' can't be written"
    run timeout 20 berth exec loader "$command"
    unlike "$out" 'WRITTEN' 'neither by exec'
done
berth exec loader "/lib64/ld-linux-x86-64.so.2" watch >/var/tmp/berth-watch 2>&1 &
watcher=$!
for _ in {1..10}; do berth exec loader true; done
kill $watcher 2>/dev/null
unlike "$(cat /var/tmp/berth-watch)" WRITTEN 'nor while it is on its way into the container'
rm -f /var/tmp/berth-watch
is "$(sha256sum /usr/libexec/berth/* | sha256sum)" "$runner_hash" 'the programs of berth are what they were'
is "$(find / -maxdepth 1 -name 'ran-*')" '' 'and nothing of the image ran on the host'

berth rm -f $(berth ps -aq) >/dev/null
berth rmi -f $(berth images -q) >/dev/null 2>&1
berth volume rm -f $(berth volume ls -q) >/dev/null 2>&1
ok 'the store is sound' berth system check
