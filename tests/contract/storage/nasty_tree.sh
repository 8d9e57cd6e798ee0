#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes a tree of all that a layer can hold and a careless unpacker loses. Usage: nasty_tree.sh DIRECTORY [huge]
set -euo pipefail
cd "$1"

mkdir -p bin etc/deep/er usr/lib var/empty var/lib
echo hello >etc/hello
echo secret >etc/shadow
chmod 000 etc/shadow
chown 0:42 etc/shadow

# Set-ID bits beside owners, and each alone.
for mode in 4755 2755 6755 1755 7777 4000 0; do
    echo "$mode" >"bin/mode-$mode"
    chown 1000:1001 "bin/mode-$mode"
    chmod $mode "bin/mode-$mode"
done
mkdir -m 2775 shared
chown 7:8 shared
mkdir -m 2775 shared/below
echo x >shared/file
chown 4294967294:4294967294 shared/file
chmod 1777 var
chmod 0700 var/empty

# Capabilities, attributes of every kind but empty ones, which umoci loses; access lists.
cp /bin/true bin/ping
setfattr -n user.note -v hi bin/ping
setfattr -n user.binary -v 0x00ff000a bin/ping
setcap cap_net_raw,cap_net_bind_service+ep bin/ping
cp /bin/true bin/with-owner
chown 5:6 bin/with-owner
setcap cap_chown+ei bin/with-owner
setfattr -n trusted.note -v deep etc/deep
setfattr -n user.note -v dir etc/deep
setfattr -n user.note -v root .
# user 12 may read and write: as setfacl(1) would have it, which is in another package
acl=0x0200000001000600ffffffff020006000c00000004000400ffffffff10000600ffffffff20000400ffffffff
setfattr -n system.posix_acl_access -v $acl etc/hello
mkdir acl
setfattr -n system.posix_acl_default -v $acl acl
echo x >acl/inherits

# Links of both kinds, to each other and to nothing.
ln bin/ping bin/ping-hard
ln bin/ping usr/lib/ping-hard
ln -s ../etc/hello bin/sym
ln -s /absolute/target bin/abs
ln -s dangling etc/dangling
ln etc/dangling etc/dangling-hard
ln -s "$(printf 't%.0s' {1..1000})" bin/long-target
ln -s . etc/self
chown -h 9:10 bin/sym

# What is no file.
mknod dev-null c 1 3
mknod dev-big c 4095 1048575
mknod dev-loop b 7 7
mkfifo pipe
chmod 0622 pipe
chown 11:12 pipe
ln pipe pipe-hard

# Names.
touch "$(printf 'odd \001 \n name \377')" "$(printf '\303\251\303\240')" "$(printf 'l%.0s' {1..200})" "$(printf 'n%.0s' {1..255})"
# shellcheck disable=SC2016 # names, not expansions
touch -- '-rf' ' ' '...' '.hidden' 'back\slash' '*' '%s' "it's" '"' '$(id)' 'ends.' 'UPPER' 'upper'
mkdir -p "$(printf 'd%.0s' {1..150})/$(printf 'e%.0s' {1..150})/f"
deep=$(printf 'deep/%.0s' {1..300})
mkdir -p "$deep"
echo bottom >"${deep}bottom"
touch .wh 'x.wh.y' '.whiteout'

# Holes: at the start, in the middle, at the end, everywhere.
truncate -s 20M sparse-end
printf tail >>sparse-end
printf head >sparse-middle
truncate -s 3M sparse-middle
printf tail >>sparse-middle
truncate -s 1M sparse-after
[[ ${2:-} != huge ]] || truncate -s 300M sparse-huge
: >empty
for n in {0..30}; do printf data | dd of=sparse-many bs=1 seek=$((n * 100000)) conv=notrunc status=none; done

# Times, last: before 1970 (whole seconds: libarchive loses the sign of -0.75), beyond 2038, to the nanosecond.
touch -d '1969-12-31 23:59:58 UTC' etc/hello
touch -d '2100-01-01 00:00:00.123456789 UTC' etc/shadow
touch -h -d '2001-02-03 04:05:06.789123456 UTC' bin/sym
touch -h -d '1999-01-01 UTC' etc/deep etc/dangling pipe dev-null
touch -d '2020-05-05 05:05:05.5 UTC' shared/below shared usr/lib etc usr bin var .
