# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Debian's registry, started inside a box or a machine, on its loopback only.

# registry_up [PORT]: an empty registry without users on localhost:PORT, answering when this returns.
registry_up() {
    local port=${1:-5000} config
    config=/run/registry-$port.yml
    cat >"$config" <<TEXT
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: /var/lib/berth-test-registry/$port}
  delete: {enabled: true}
http: {addr: 127.0.0.1:$port}
TEXT
    systemd-run --quiet --unit="registry-$port" docker-registry serve "$config"
    for _ in {1..100}; do
        ! curl --silent --fail --output /dev/null "http://localhost:$port/v2/" || return 0
        sleep 0.1
    done
    journalctl --no-pager --unit="registry-$port" >&2
    return 1
}

# registry_put LAYOUT:TAG NAME [PORT]: an image from an OCI layout into that registry, by skopeo.
registry_put() {
    skopeo --insecure-policy copy --quiet --dest-tls-verify=false "oci:$1" "docker://localhost:${3:-5000}/$2"
}

registry_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# registry_front NAME PORT UPSTREAM OPTION...: tests/lib/registry_front.py as unit front-NAME; its log is
# /run/front-NAME.log, begun anew.
registry_front() {
    local name=$1 port=$2
    shift
    systemctl stop "front-$name" 2>/dev/null
    : >"/run/front-$name.log"
    systemd-run --quiet --collect --unit="front-$name" --setenv=PYTHONDONTWRITEBYTECODE=1 \
        python3 "$registry_here/registry_front.py" "$@" --log "/run/front-$name.log"
    for _ in {1..100}; do
        ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
        sleep 0.05
    done
    journalctl --no-pager --unit="front-$name" >&2
    return 1
}

# front_bytes NAME METHOD PATTERN: bytes of bodies that passed in requests whose path matches.
front_bytes() { awk -v m="$2" -v p="$3" '$1 == m && $2 ~ p { n += $4 } END { print n + 0 }' "/run/front-$1.log"; }

# front_count NAME METHOD PATTERN
front_count() { awk -v m="$2" -v p="$3" '$1 == m && $2 ~ p { n++ } END { print n + 0 }' "/run/front-$1.log"; }
