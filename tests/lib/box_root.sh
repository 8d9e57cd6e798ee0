# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# How the tree of a box is put together, in the box's own mount namespace. Nothing here is ever seen
# by the machine outside: the mounts go when the box's last process does.

# Directories that hold layers of containers: an overlay's upper directory can't lie on an overlay.
readonly box_real_dirs=(var/lib/berth var/lib/docker var/lib/containerd var/lib/containers)

# Units of a machine, not of a box: they would wait for hardware, or change the kernel all share.
readonly box_masked_units=(
    console-getty.service dev-hugepages.mount e2scrub_reap.service getty-static.service
    kmod-static-nodes.service ldconfig.service proc-sys-fs-binfmt_misc.automount
    sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount
    sys-kernel-tracing.mount systemd-ask-password-console.path systemd-ask-password-wall.path
    systemd-binfmt.service systemd-boot-update.service systemd-firstboot.service
    systemd-hwdb-update.service systemd-initctl.socket systemd-journald-audit.socket
    systemd-machine-id-commit.service systemd-modules-load.service systemd-networkd.service
    systemd-networkd.socket systemd-pstore.service systemd-random-seed.service
    systemd-remount-fs.service systemd-repart.service systemd-resolved.service
    systemd-sysctl.service systemd-timesyncd.service systemd-udev-trigger.service
    systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket
    systemd-update-utmp.service systemd-update-utmp-runlevel.service
)

# overlay_over DIR UPPER WORK TARGET: DIR as it is, what is written to it goes to UPPER.
overlay_over() {
    mkdir -p "$2" "$3"
    mount -t overlay -o "lowerdir=$1,upperdir=$2,workdir=$3" overlay "$4"
}

# The machine's own tree, with the parts of it that are file systems of their own.
root_overlay() {
    local state=$1 root=$2 part
    overlay_over / "$state/upper" "$state/work" "$root"
    for part in usr var etc opt home root srv; do
        mountpoint -q "/$part" || continue
        overlay_over "/$part" "$state/upper.$part" "$state/work.$part" "$root/$part"
        [[ ! -d $state/upper/$part ]] || cp -a "$state/upper/$part/." "$root/$part/"
    done
}

root_real_dirs() {
    local state=$1 root=$2 dir
    for dir in "${box_real_dirs[@]}"; do
        mkdir -p "$state/real/$dir" "$root/$dir"
        mount --bind "$state/real/$dir" "$root/$dir"
    done
}

root_kernel_file_systems() {
    local state=$1 root=$2
    mount -t proc -o nosuid,noexec,nodev proc "$root/proc"
    mount -t sysfs -o nosuid,noexec,nodev sysfs "$root/sys"
    mount -t cgroup2 -o nosuid,noexec,nodev cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
    if [[ -n ${BERTH_BOX_TMP_ON_DISK:-} ]]; then
        mkdir -p "$state/tmp" && chmod 1777 "$state/tmp"
        mount --bind "$state/tmp" "$root/tmp"
    else
        mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$root/tmp"
    fi
}

# A /dev of the box's own, with only the devices that are the same for everybody.
root_devices() {
    local dev=$1/dev node
    mount -t tmpfs -o mode=755,nosuid tmpfs "$dev"
    for node in null zero full random urandom tty fuse kvm loop-control loop{0..7} \
        net/tun mapper/control btrfs-control; do
        device_node "/dev/$node" "$dev/$node"
    done
    mkdir -p "$dev/pts" "$dev/shm" "$dev/mqueue"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dev/pts"
    mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$dev/shm"
    ln -s pts/ptmx "$dev/ptmx"
    ln -s /proc/self/fd "$dev/fd"
    ln -s /proc/self/fd/0 "$dev/stdin"
    ln -s /proc/self/fd/1 "$dev/stdout"
    ln -s /proc/self/fd/2 "$dev/stderr"
}

# device_node FROM TO: the same kind and number as FROM, and its mode.
device_node() {
    [[ -c $1 || -b $1 ]] || return 0
    mkdir -p "${2%/*}"
    local kind=c numbers
    [[ ! -b $1 ]] || kind=b
    read -r -a numbers < <(stat -c '0x%t 0x%T' "$1")
    mknod "$2" "$kind" "${numbers[@]}"
    chmod --reference="$1" "$2"
}

# The source and the build as they are outside at every moment, read-only. An overlay's lower tree
# may not change under it, and these do.
root_live_dirs() {
    local root=$1 dir
    for dir in "$top" "$build" "$cache"; do
        [[ -d $dir ]] || continue
        mkdir -p "$root$dir"
        mount --bind "$dir" "$root$dir"
        mount -o remount,bind,ro "$root$dir"
    done
}

# What of the machine's configuration must not act in a box. ROOT is the box's tree.
root_configure() {
    local root=$1 name=$2 unit generator
    rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/systemd/system/*.requires
    mkdir -p "$root/etc/systemd/system-generators"
    for unit in "${box_masked_units[@]}"; do
        ln -sfn /dev/null "$root/etc/systemd/system/$unit"
    done
    for generator in "$root"/lib/systemd/system-generators/*; do
        [[ ${generator##*/} == berth-* ]] ||
            ln -sfn /dev/null "$root/etc/systemd/system-generators/${generator##*/}"
    done
    ln -sfn /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
    tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
    : >"$root/etc/fstab"
    echo "box-$name" >"$root/etc/hostname"
    printf '127.0.0.1 localhost box-%s\n::1 localhost ip6-localhost\n' "$name" >"$root/etc/hosts"
    rm -rf "$root/etc/resolv.conf" "$root/var/log/journal"
    : >"$root/etc/resolv.conf"
}

# A user without any right, for what polkit decides.
root_add_user() {
    chroot "$1" id alice >/dev/null 2>&1 ||
        chroot "$1" useradd --create-home --shell /bin/bash --user-group alice
}

# root_enter ROOT: makes ROOT the only tree of this mount namespace.
root_enter() {
    cd "$1" && pivot_root . . && umount -l . && cd /
}
