#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Storage on a kernel with thin pools: what both drivers must pass, and the engine on devicemapper.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

# The parts of the contract that need this kernel: the rest does not depend on it, and runs in ./check by itself.
contract() {
    local names
    names=$(printf "*.%s/$1:" MakesEveryKindOfEntry HasWhatWasAddedChangedAndDeleted \
        AreRemovedChildrenFirst OfAJobThatDiedAreSwept LeaveNoMountBehind)
    /vm/files/storage-contract-test --gtest_brief=1 --gtest_filter="$names" >"/results/contract-$1" 2>&1
    grep -q '\[  PASSED  \] 5 tests' "/results/contract-$1" && return
    tail -n 40 "/results/contract-$1"
    return 1
}
devices() { dmsetup ls | grep -c -- '^berth-[0-9a-f]*-[0-9a-f]\{64\}'; }
mounts() { grep -c 'berth' /proc/self/mountinfo; }

modprobe -a dm_thin_pool loop
ok 'overlay keeps the contract' contract overlay
ok 'devicemapper keeps the contract' contract devicemapper

for kind in data metadata; do
    truncate -s "$([[ $kind == data ]] && echo 2G || echo 32M)" "/root/$kind.disk"
done
data=$(losetup --find --show /root/data.disk)
metadata=$(losetup --find --show /root/metadata.disk)
pull_image busybox # kept by overlay
mkdir -p /etc/berth
cat >/etc/berth/berth.toml <<TOML
[storage]
driver = "devicemapper"
[storage.devicemapper]
data-device = "$data"
metadata-device = "$metadata"
size = "512M"
TOML
# Leaves the machine as the next case expects it: on overlay, without the pool.
leave() {
    sed -i 's/^driver.*/driver = "devicemapper"/' /etc/berth/berth.toml
    systemctl restart berthd
    berth rm -f one running
    berth rmi -f two:1 busybox:1
    rm /etc/berth/berth.toml
    systemctl restart berthd
    dmsetup ls | cut -f 1 | grep '^berth-' | grep -v -- -pool | xargs -r -n 1 dmsetup remove
    dmsetup ls | cut -f 1 | grep '^berth-.*-pool' | xargs -r -n 1 dmsetup remove
    losetup -d "$data" "$metadata"
    rm -rf /root/*.disk /var/lib/berth/storage/devicemapper
}
cleanup leave
ok 'berthd takes the driver' systemctl restart berthd
before=$(mounts)
run berth info
like "$out" 'Storage Driver: devicemapper' 'berth info names the driver'
like "$out" 'Kept for the driver overlay: [0-9]+ images? in /var/lib/berth/storage/overlay' "and where the other driver's images are"
fails 125 'of which none runs' berth run --rm --pull never busybox:1 true
like "$err" 'set storage.driver back' 'with a word about it'
ok 'an image is loaded' berth load -q -i /vm/files/*/busybox.docker.tar
like "$(berth info)" 'Data Space Used' 'berth info says how full the pool is'
ok 'a container runs' berth run --name one busybox:1 sh -c 'echo changed >/etc/made'
is "$(devices)" 0 'a stopped one has no device'
ok 'it is committed' berth commit one two:1
is "$(berth run --rm two:1 cat /etc/made)" changed 'and its image has the change'
ok 'another starts' berth run -d --name running busybox:1 sleep 1000
is "$(devices)" 1 'a running one has one device'
is "$(mounts)" "$before" 'and no mount on the host'
ok 'it is removed' berth rm -f running
ok 'so is the first' berth rm one
is "$(devices)" 0 'no device is left'
ok 'the check finds nothing' berth system check
sed -i 's/^driver.*/driver = "overlay"/' /etc/berth/berth.toml
ok 'berthd takes the other driver' systemctl restart berthd
ok 'which still has its image' berth run --rm --pull never busybox:1 true
like "$(berth info)" 'Kept for the driver devicemapper: [0-9]+ images? in' 'as the first one has'
