# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Images made to be odd, for tests/system: as odd:NAME.

odd_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

odd_layout() {
    odd_dir=$(mktemp -d /var/tmp/odd.XXXXXX)
    cleanup rm -rf "$odd_dir"
}

# odd_image NAME ENTRY...: odd:NAME is an image of odd_image.py's. False when it is not let in.
odd_image() {
    python3 "$odd_here/odd_image.py" "$odd_dir/layout" "$@" || return
    berth rmi -f "odd:$1" >/dev/null 2>&1
    berth pull -q "dir:$odd_dir/layout:$1" >/dev/null 2>"$odd_dir/refused" || return
    berth tag "dir:$odd_dir/layout:$1" "odd:$1"
    berth rmi "dir:$odd_dir/layout:$1" >/dev/null
}

# odd_programs: $odd_dir/intruder, which tries to write what /proc calls the runner, and evil.so, which
# leaves /ran-evil when it is loaded.
odd_programs() {
    local flags=(-std=c++20 -O1 -nostdlib -fno-exceptions -fno-stack-protector -Wno-builtin-declaration-mismatch)
    c++ "${flags[@]}" -static -no-pie -o "$odd_dir/intruder" "$odd_here/../support/intruder/intruder.cpp" &&
        c++ "${flags[@]}" -shared -fPIC -o "$odd_dir/evil.so" "$odd_here/../support/intruder/evil.cpp"
}
