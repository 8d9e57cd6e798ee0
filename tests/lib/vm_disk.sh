# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# The disks of a virtual machine: the root made once from Debian's packages and kept, a copy of it
# for each run, and plain tar archives as disks that carry files in and out.

vm_base_key() {
    key "$(packages_of guest)" "$(cat "$top"/tests/lib/guest/*)" "$(date +%Y%m)"
}

# vm_base: prints the directory that holds the base machine: root.img, vmlinuz, initrd.img.
vm_base() {
    local dir
    dir=$cache/vm/$(vm_base_key)
    if [[ ! -d $dir ]]; then
        note "vm: making the base machine (once; a minute or two)"
        vm_make_base "$dir"
        [[ -d $dir ]] || die "cannot make the base machine"
    fi
    echo "$dir"
}

vm_make_base() (
    set -e
    mkdir -p "$cache/vm"
    work=$(mktemp -d "$cache/vm/.making.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    vm_tree "$work/tree" >"$work/log" 2>&1 || {
        tail -n 30 "$work/log" >&2
        exit 1
    }
    cp "$work"/tree/boot/vmlinuz-* "$work/vmlinuz"
    cp "$work"/tree/boot/initrd.img-* "$work/initrd.img"
    truncate -s 6G "$work/root.img"
    mkfs.ext4 -q -F -L root -E lazy_itable_init=1 -d "$work/tree" "$work/root.img"
    rm -rf "$work/tree"
    find "$cache/vm" -mindepth 1 -maxdepth 1 -mmin +600 -exec rm -rf {} +
    mv --no-target-directory "$work" "$1"
)

vm_tree() {
    local tree=$1 include
    include=$(packages_of guest | paste -sd,)
    # shellcheck disable=SC2016 # mmdebstrap gives its hooks the directory
    apt_sources | mmdebstrap --variant=minbase --include="$include" \
        --aptopt='APT::Install-Recommends "false"' \
        --dpkgopt=path-exclude='/usr/share/doc/*' --dpkgopt=path-exclude='/usr/share/man/*' \
        --dpkgopt=path-exclude='/usr/share/locale/*' \
        --essential-hook='mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/etc/initramfs-tools"' \
        --essential-hook='printf "MODULES=list\nCOMPRESS=zstd\n" >"$1/etc/initramfs-tools/conf.d/berth"' \
        --essential-hook='printf "virtio_pci\nvirtio_blk\next4\ncrc32c_generic\n" >"$1/etc/initramfs-tools/modules"' \
        --customize-hook="$top/tests/lib/guest/customize \"\$1\"" \
        bookworm "$tree"
}

# vm_root_copy BASE TARGET: a root disk that may be written to.
vm_root_copy() { cp --reflink=auto --sparse=always "$1/root.img" "$2"; }

# vm_payload_disk FILE SCRIPT [ARGUMENTS]: berth's installed tree, the shell tests, the script and
# what the array `files` names, as an archive.
vm_payload_disk() (
    set -e
    stage=$(mktemp -d)
    trap 'rm -rf "$stage"' EXIT
    if berth_built; then
        install_berth "$stage"
    else
        note "vm: nothing is built in $build, so there is no berth in this machine"
    fi
    mkdir -p "$stage"/vm/{files,tests/script}
    cp --dereference "$2" "$stage/vm/tests/script/"
    chmod 755 "$stage" "$stage/vm/tests/script/${2##*/}"
    cp -r "$top"/tests/{lib,system,vm-cases,images} "$stage/vm/tests/"
    [[ ${#files[@]} -eq 0 ]] || cp -r "${files[@]}" "$stage/vm/files/"
    printf '%q ' "/vm/tests/script/${2##*/}" "${@:3}" >"$stage/vm/command"
    tar -C "$stage" --owner=root --group=root -cf "$1" .
    truncate -s %1M "$1"
)
