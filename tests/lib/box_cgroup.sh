# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The cgroup (v2) a box lives in. Everything in the box is below it, so it is also how a box ends.

# Mount point of the unified hierarchy: /sys/fs/cgroup, or beside v1 ones /sys/fs/cgroup/unified.
cgroup_mount() {
    findmnt --noheadings --first-only --output TARGET --types cgroup2 ||
        die "no cgroup2 is mounted on this machine; mount one: mount -t cgroup2 none /mnt/cgroup2"
}

systemd_is_pid1() { [[ -d /run/systemd/system && $(</proc/1/comm) == systemd ]]; }

# cgroup_exec NAME CMD...: becomes CMD in a cgroup of its own for the box NAME; that cgroup is the
# systemd scope berth-box-NAME with everything delegated where systemd rules the tree.
cgroup_exec() {
    local name=$1
    shift
    if systemd_is_pid1; then
        exec systemd-run --quiet --scope --collect --unit="berth-box-$name" \
            --property=Delegate=yes --property=TasksMax=infinity -- "$@"
    fi
    local dir
    dir=$(cgroup_mount)/berth-box-$name
    mkdir -p "$dir"
    echo "$BASHPID" >"$dir/cgroup.procs"
    exec "$@"
}

# cgroup_dirs NAME: the box's cgroup directories, also those an interrupted start has left.
cgroup_dirs() {
    local mount
    mount=$(cgroup_mount)
    find "$mount" -maxdepth 3 -type d \( -name "berth-box-$1" -o -name "berth-box-$1.scope" \) 2>/dev/null || true
}

# cgroup_end NAME: ends all that runs in the box and removes its cgroups.
cgroup_end() {
    local dir
    for dir in $(cgroup_dirs "$1"); do
        cgroup_kill "$dir"
        cgroup_remove "$dir"
    done
}

# Processes in and below DIR.
cgroup_processes() { find "$1" -name cgroup.procs -exec cat {} + 2>/dev/null; }

# Ends every process in and below DIR and waits until they are gone.
cgroup_kill() {
    local dir=$1 try
    for try in {1..200}; do
        grep -qs '^populated 1' "$dir/cgroup.events" || return 0
        [[ $try -gt 1 && $((try % 20)) -ne 0 ]] || echo 1 2>/dev/null >"$dir/cgroup.kill" ||
            cgroup_processes "$dir" | xargs -r kill -KILL 2>/dev/null || true
        sleep 0.05
    done
    die "processes in $dir do not end: $(cgroup_processes "$dir" | tr '\n' ' ')"
}

# A scope of systemd's is systemd's to remove, and it may be quicker.
cgroup_remove() {
    [[ -d $1 ]] || return 0
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
    [[ ! -d $1 ]] || systemd_is_pid1 || die "cannot remove the cgroup $1"
}
