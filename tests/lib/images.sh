# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The test images inside a box: made outside (tests/images/make), pulled here from their directory.
# A machine of tests/vm has them as archives among its files.

images_here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# pull_image busybox|debian: as busybox:1 or debian:12; harmless when it is there.
pull_image() {
    local tag=1 dir
    [[ $1 != debian ]] || tag=12
    ! berth image exists "$1:$tag" || return 0
    if [[ -d /vm/files ]]; then
        berth load -q -i /vm/files/*/"$1.docker.tar" >/dev/null
        return
    fi
    dir=$("$images_here/images/make" "$1")
    berth pull -q "dir:$dir:$tag" >/dev/null
    berth tag "dir:$dir:$tag" "$1:$tag"
}
