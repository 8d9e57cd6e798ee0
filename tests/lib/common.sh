# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # read by the scripts that source this file
# What every script of the project shares: where things lie, how to speak, how to stop.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
build=$(realpath -m "${BERTH_BUILD:-$top/build}")
cache=$(realpath -m "${BERTH_CACHE:-$top/build/cache}")
readonly top build cache

note() { printf '%s\n' "$*" >&2; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

need_root() {
    [[ $(id -u) -eq 0 ]] || die "needs root: it makes namespaces and mounts (try: sudo $0 ...)"
}

# Whether the build directory holds a berth that can be installed.
berth_built() {
    [[ -f $build/build.ninja && -n $(find "$build" -maxdepth 3 -name berth -type f -perm /111 -print -quit) ]]
}

# install_berth DEST: the complete installed tree below DEST, from the build directory as it stands.
install_berth() {
    local log
    log=$(meson install -C "$build" --no-rebuild --quiet --destdir "$1" 2>&1) ||
        die "cannot install $build into $1:"$'\n'"$log"
}

# real_fs DIR: true when DIR lies on a file system that can hold an overlay's upper directory.
real_fs() {
    case $(stat -f -c %T "$1") in
    overlay* | tmpfs | ramfs | nfs* | fuse* | v9fs | vboxsf) return 1 ;;
    esac
}

# key TEXT...: a short name that changes when TEXT does; for cached work.
key() { printf '%s\n' "$@" | sha256sum | cut -c1-12; }
