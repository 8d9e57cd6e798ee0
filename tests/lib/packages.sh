# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# The file `packages`, and bringing what it names onto this machine.

# packages_of GROUP...: the names, each once.
packages_of() {
    local group
    for group in "$@"; do
        awk -v group="$group" '!/^#/ && $2 == group { print $1 }' "$top/packages"
    done | sort -u
}

# packages_missing GROUP...: those of them that are not installed.
packages_missing() {
    comm -23 <(packages_of "$@") \
        <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1 == "ii" { print $2 }' | sort -u)
}

# packages_install GROUP...: installs what is missing; a service that comes with a package is
# neither started nor enabled, since this machine's owner did not ask for one.
packages_install() {
    local missing before
    mapfile -t missing < <(packages_missing "$@")
    [[ ${#missing[@]} -gt 0 ]] || return 0
    before=$(enabled_units)
    (
        hold_services
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -q && apt-get install -q -y --no-install-recommends "${missing[@]}"
    ) || return
    comm -13 <(printf '%s\n' "$before") <(enabled_units) | xargs -r systemctl --quiet disable
}

enabled_units() {
    ! command -v systemctl >/dev/null ||
        systemctl list-unit-files --state=enabled --no-legend --plain 2>/dev/null | awk '{ print $1 }' | sort
}

# Debian asks this program before it starts a service; ours lasts as long as the installation.
hold_services() {
    [[ ! -e /usr/sbin/policy-rc.d ]] || return 0
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
}

# apt_sources: this machine's own Debian sources, as lines for mmdebstrap.
apt_sources() {
    # shellcheck disable=SC2016 # apt fills these in
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian' | sort -u
}
