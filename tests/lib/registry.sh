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
