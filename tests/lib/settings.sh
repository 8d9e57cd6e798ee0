# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# berth.toml of a case: what was there before comes back at its end.

# berth_settings TEXT: the case's own /etc/berth/berth.toml.
berth_settings() {
    mkdir -p /etc/berth
    if [[ ! -v berth_settings_saved ]]; then
        berth_settings_saved=$(mktemp -d /var/tmp/settings.XXXXXX)
        [[ ! -e /etc/berth/berth.toml ]] || cp -p /etc/berth/berth.toml "$berth_settings_saved/"
        cleanup berth_settings_restore
    fi
    printf '%s\n' "$1" >/etc/berth/berth.toml
}

berth_settings_restore() {
    rm -f /etc/berth/berth.toml
    [[ ! -e $berth_settings_saved/berth.toml ]] || mv "$berth_settings_saved/berth.toml" /etc/berth/
    rm -rf "$berth_settings_saved"
}
