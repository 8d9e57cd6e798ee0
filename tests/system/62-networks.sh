#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Networks of one's own: made, joined, apart from each other, and gone without a trace.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
serve='while :; do echo here | nc -l -p 7000; done'
ask() { berth exec "$1" nc -w 2 "$2" 7000 </dev/null; }
# The bridges of both that the kernel has.
links() { for name in br-blue "$bridge"; do [[ ! -e /sys/class/net/$name ]] || echo -n "$name "; done; }
address_in() { berth inspect -f "{{.NetworkSettings.Networks.$2.IPAddress}}" "$1"; }

ok 'a network with a subnet' berth network create --subnet 10.77.0.0/24 --gateway 10.77.0.9 --ip-range 10.77.0.64/26 \
    --interface-name br-blue blue
like "$out" '^[0-9a-f]{64}$' 'prints its ID'
cleanup sh -c 'berth rm -f one two three inner; berth network rm -f blue green inside'
like "$(berth network ls)" 'blue +bridge +local' 'is listed'
is "$(berth network inspect -f '{{.Gateway}}' blue)" 10.77.0.9 'has the gateway asked for'
fails 1 'the same name again' berth network create blue
like "$err" 'already exists' 'is refused'
fails 1 'an overlapping subnet' berth network create --subnet 10.77.0.128/25 green
like "$err" 'overlaps' 'is refused'
for name in host none default bridge -x a/b; do
    run berth network create -- "$name"
    unlike "$status" '^0$' "a network '$name' is refused"
done
fails 1 'an unknown plugin' berth network create -d nowhere green
ok 'one with everything chosen' berth network create green
bridge=br-${out:0:12}
like "$(berth network inspect -f '{{.Subnets}}' green)" 'fd.*/64' 'has an IPv6 range too'

ok 'a container in it' berth run -d --name one --net blue --network-alias web --mac-address 02:00:00:00:00:77 busybox:1 sh -c "$serve"
like "$(address_in one blue)" '^10\.77\.0\.6[45]$' 'has an address of the range'
like "$(berth exec one cat /sys/class/net/eth0/address)" '02:00:00:00:00:77' 'and the MAC address'
ok 'with an address asked for' berth run -d --name two --network blue --ip 10.77.0.100 busybox:1 sleep 1000
is "$(address_in two blue)" 10.77.0.100 'has it'
fails 125 'the same address again' berth run --rm --network blue --ip 10.77.0.100 busybox:1 true
fails 125 'an address of elsewhere' berth run --rm --network blue --ip 10.1.1.1 busybox:1 true
fails 125 'a network that is not there' berth run --rm --net nowhere busybox:1 true
is "$(ask two one)" here 'they find each other by name'
is "$(ask two web)" here 'and by alias'
berth run -d --name three --net green busybox:1 sleep 1000 >/dev/null
run ask three "$(address_in one blue)"
is "$out" '' 'one of another network does not reach it'
unlike "$(berth exec three cat /etc/hosts)" 'one' 'nor knows its name'
ok 'sharing the network of another' berth run --rm --net container:one busybox:1 grep -q 02:00:00:00:00:77 /sys/class/net/eth0/address

ok 'an internal one' berth network create --internal inside
berth run -d --name inner --net inside busybox:1 sleep 1000 >/dev/null
is "$(berth exec inner ip route | grep default)" '' 'has no way out'
fails 1 'a network in use' berth network rm blue
like "$err" 'in use by one, two' 'names who uses it'
ip=$(address_in one blue)
berth restart -t 0 one >/dev/null
is "$(address_in one blue)" "$ip" 'a restart keeps the address'
is "$(ask two web)" here 'and the names'
ok 'records and kernel agree' berth system check
is "$(links)" "br-blue $bridge " 'its bridge is there by the name asked for, the other by its ID'
berth rm -f one two three inner >/dev/null
ok 'the network is removed' berth network rm blue
unlike "$(berth network ls)" 'blue' 'and is not listed'
ok 'unused ones are pruned' berth network prune -f
unlike "$(berth network ls -q --filter driver=bridge --format '{{.Name}}')" 'green|inside' 'all of them'
fails 1 'the default network stays' berth network rm bridge
is "$(links)" '' 'no bridge of theirs is left'
ok 'and nothing else' berth system check
