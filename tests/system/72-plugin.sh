#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A plugin made outside the tree fits; one that does not fit is refused with the reason, and berth lives on.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

sample=$(cd "$(dirname "$0")/../sample-plugin" && pwd)
plugins=$(pkg-config --variable=plugindir berth)
work=/tmp/sample-plugin
cp -r "$sample" $work
cleanup rm -rf $work
pull_image busybox

# put FILE KIND/NAME [MODE]: as root would install it, and gone at the end of the case.
put() {
    install -m "${3:-644}" "$1" "$plugins/$2.so"
    cleanup rm -f "$plugins/$2.so"
}
property() { busctl get-property org.berth1 "/org/berth1/plugin/$1" org.berth1.Plugin "$2" 2>&1 | sed 's,\\,,g'; }
# berthd looks for plugins when it starts.
look_again() { systemctl restart berthd; }

ok 'it builds against the installed headers' make -C $work
ok 'and is put where pkg-config says' make -C $work install
cleanup rm -f "$plugins/network/sample.so"
unlike "$(ldd $work/sample.so)" berth 'it needs no library of berth'

# It does what it says, called as the headers say.
ok 'so does a program that calls it' make -C $work attach
unshare --net sleep 300 &
cleanup kill $!
eventually 5 sh -c "[ \"\$(readlink /proc/$!/ns/net)\" != \"\$(readlink /proc/self/ns/net)\" ]"
lo() { nsenter --target $! --net ip -brief link show lo; }
like "$(lo)" '^lo +DOWN' 'a new network namespace has its loopback down'
ok 'the plugin attaches it' $work/attach $work/sample.so /proc/$!/ns/net
like "$(lo)" '^lo +UNKNOWN.*LOOPBACK,UP' 'and its loopback is up'

# Others that don't fit. Headers of another version are these with another number.
mkdir $work/older
cp -r /usr/include/berth $work/older/
sed -i 's/kPluginApiVersion = 1;/kPluginApiVersion = 0;/' $work/older/berth/plugin.hpp
ok 'one is built against older headers' make -B -C $work CXXFLAGS="-O0 -I$work/older"
put $work/sample.so network/older
echo 'extern "C" int answer() { return 42; }' | g++ -x c++ -shared -fPIC -o $work/plain.so -
put $work/plain.so network/plain
echo 'no library at all' >$work/text
put $work/text network/text
put "$plugins/network/sample.so" network/renamed
put "$plugins/network/sample.so" storage/sample
put "$plugins/network/sample.so" network/shared 666
put "$plugins/network/sample.so" network/owned
chown alice "$plugins/network/owned.so"
put "$plugins/network/sample.so" network/Big_Name
look_again

is "$(property network_sample Usable)" 'b true' 'the plugin is usable'
is "$(property network_sample Version)" 's "1.0"' 'with its version'
is "$(property network_sample Description)" 's "nothing but loopback, as an example"' 'and description'
like "$(berth info)" 'Network:[^:]* sample' 'berth info lists it'

# refused KIND_NAME REGEX NAME
refused() {
    is "$(property "$1" Usable)" 'b false' "$3 is refused"
    like "$(property "$1" Problem)" "$2" 'and the reason is told'
}
refused network_older 'interface version 0, this berth has version 1' 'a plugin for older headers'
refused network_plain "exports no 'berth_plugin'" 'a library that is no plugin'
refused network_text 'invalid ELF header|file too short' 'a file that is no library'
refused network_renamed "calls itself 'sample'" 'a plugin under another name'
refused storage_sample "among the storage plugins but is of kind 'network'" 'a plugin in the wrong directory'
refused network_shared 'writable by root alone' 'a plugin that others can write'
refused network_owned 'must belong to root' "a plugin that is another user's"
refused network_Big_5fName 'lower-case letters' 'a plugin with a name that can be none'
info=$(berth info)
like "$info" 'network/older: .*version 0, this berth has version 1' 'berth info tells the same'
unlike "$info" 'Network Plugins:[^:]*older' 'and does not list it'

ok 'a network is made by the plugin' berth network create -d sample apart
is "$(berth run --rm --network apart busybox:1 cat /sys/class/net/lo/operstate)" unknown 'and a container in it'
is "$(berth run --rm --network apart busybox:1 ls /sys/class/net)" lo 'has what the plugin gives'
berth create --name inside --network apart busybox:1 >/dev/null
cleanup berth rm -f inside
fails 1 'it stays as long as a container has a place in it' berth network rm apart
like "$err" 'in use by inside' 'and says whose'
berth rm inside >/dev/null
ok 'and goes after that' berth network rm apart
is "$(berth run --rm busybox:1 echo on)" on 'containers run as before'
mkdir -p /etc/berth
cleanup rm -f /etc/berth/berth.toml
echo '[network.sample]
nonsense = 1' >/etc/berth/berth.toml
look_again
like "$(berth info)" "network/sample: .*unknown key 'nonsense'" 'its table of berth.toml reaches it'
is "$(systemctl show -P NRestarts berthd)" 0 'berthd has not crashed'
