#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The bridge on a kernel of its own: to the host, to other containers and out, with no rule and no
# switch of the machine left behind.
# shellcheck disable=SC2016 # for socat's shell
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox || exit 1
forwarding() { cat /proc/sys/net/ipv4/conf/{all,default,out}/forwarding | paste -sd' '; }
tables() { nft list tables | sort | paste -sd,; }

# A neighbour that knows nothing of the containers' addresses: whoever it answers is masqueraded.
ip netns add far
ip link add out type veth peer name in netns far
ip addr add 192.0.2.1/24 dev out
ip link set out up
ip -n far addr add 192.0.2.2/24 dev in
ip -n far link set in up
ip -n far link set lo up
ip route add default via 192.0.2.2
nft add table inet theirs
nft add chain inet theirs forward '{ type filter hook forward priority 10; policy accept; }'
systemd-run --quiet --unit=far ip netns exec far socat TCP-LISTEN:80,fork,reuseaddr SYSTEM:'echo $SOCAT_PEERADDR'
cleanup sh -c 'systemctl stop far; ip netns del far; ip link del out; nft delete table inet theirs'
is "$(forwarding)" '0 0 0' 'the machine forwards nothing'
theirs=$(nft list table inet theirs)
is "$(tables)" 'table inet theirs' 'berth has no table before it is needed'

ok 'a container on the bridge' berth run -d --name one busybox:1 sh -c 'while :; do echo one | nc -l -p 7000; done'
cleanup berth rm -f one two
address=$(berth inspect -f '{{.NetworkSettings.IPAddress}}' one)
gateway=$(berth inspect -f '{{.NetworkSettings.Gateway}}' one)
like "$(berth exec one ip -o addr show eth0)" " $address/" 'has the address inspect tells'
like "$(berth exec one ip route)" "^default via $gateway " 'and a way out'
is "$(busybox nc -w 5 "$address" 7000 </dev/null)" one 'the host reaches it'
is "$(berth run --rm --name two busybox:1 nc -w 5 "$address" 7000 </dev/null)" one 'so does another container'
is "$(berth exec one nc -w 5 192.0.2.2 80 </dev/null)" 192.0.2.1 'it reaches the world by the address of the host'
ok 'it reaches the host' berth exec one ping -c 1 -w 10 "$gateway"
like "$(berth exec one cat /etc/hosts)" "$address" 'it finds its own name'
like "$(tables)" '^table inet berth,table inet theirs$' 'berth has one table'
is "$(nft list table inet theirs)" "$theirs" 'that of others is as it was'
is "$(forwarding)" '0 0 1' 'only the way out forwards'
main=$(systemctl show -P MainPID berth-one)
systemctl daemon-reload
systemctl restart systemd-networkd systemd-udevd 2>/dev/null
kill -9 "$(systemctl show -P MainPID berthd)"
is "$(berth exec one nc -w 5 192.0.2.2 80 </dev/null)" 192.0.2.1 'still so after a reload and a crash of berthd'
is "$(systemctl show -P MainPID berth-one)" "$main" 'which touched no container'

ok 'systemctl stops it' systemctl stop berth-one
is "$(ip -o link | grep -c "veth.*master")" 0 'no interface of it is left'
berth rm -f one >/dev/null
is "$(forwarding)" '0 0 1' 'the bridge waits for the next one, and the rest of the machine does not forward'
