#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What `meson install` lays out is a complete system: every file where its reader looks, and good.
source "$(dirname "$0")/../lib/case.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
lib=$(dirname "$(dirname "$(pkg-config --variable=plugindir berth)")")

# there NAME FILE...: all of them, and whose they should be.
there() {
    local file bad=()
    for file in "${@:2}"; do
        [[ $(stat -L -c '%u:%g' "$file" 2>&1) == 0:0 && -z $(find -L "$file" -perm /022) ]] || bad+=("$file")
    done
    is "${bad[*]}" '' "$1"
}
there 'programs' /usr/bin/berth /usr/libexec/berth/{berthd,berth-run,berth-runner,berth-stopped,berth-worker,berth-init}
there 'plugins' "$lib"/berth/plugins/{storage/{overlay,aufs},network/{bridge,host,none},registry/{distribution,directory}}.so
there 'units and what they need' /usr/lib/systemd/system/{berthd.service,berth.slice} /usr/lib/tmpfiles.d/berth.conf
there 'the bus' /usr/share/dbus-1/system.d/org.berth1.conf /usr/share/dbus-1/system-services/org.berth1.service \
    /usr/share/dbus-1/interfaces/org.berth1.{Manager,Container,Image,Job,Plugin,Worker}.xml
there 'polkit' /usr/share/polkit-1/actions/org.berth1.policy
there 'pages' /usr/share/man/man1/berth.1 /usr/share/man/man5/{berth.toml,org.berth1}.5 /usr/share/man/man7/berth-plugin.7 \
    /usr/share/man/man8/berthd.8
there 'completion' /usr/share/bash-completion/completions/berth /usr/share/zsh/vendor-completions/_berth \
    /usr/share/fish/vendor_completions.d/berth.fish
there 'headers' /usr/include/berth/{error,id,plugin,storage,network,registry}.hpp "$lib/pkgconfig/berth.pc"
there 'documents' /usr/share/doc/berth/{README.md,ARCHITECTURE.md,CONTRIBUTING.md,LICENSE} \
    /usr/share/doc/berth/examples/{berth.toml,50-berth.rules.example}
for page in 1/berth 5/berth.toml 5/org.berth1 7/berth-plugin 8/berthd; do
    ok "man ${page%/*} ${page#*/}" man -P cat "${page%/*}" "${page#*/}"
done

ok 'systemd finds nothing in the units' systemd-analyze verify /usr/lib/systemd/system/{berthd.service,berth.slice}
is "$err" '' 'not even a warning'
ok 'systemd-tmpfiles takes its file' systemd-tmpfiles --create /usr/lib/tmpfiles.d/berth.conf
is "$(stat -c %a /var/lib/berth /run/berth | tr '\n' ' ')" '700 700 ' 'state is for root alone'
exposure=$(systemd-analyze security --no-pager berthd | sed -n 's/.*exposure level for berthd.service: \([0-9.]*\).*/\1/p')
ok "berthd's exposure is $exposure, at most 4.0" awk -v level="$exposure" 'BEGIN { exit !(level != "" && level <= 4.0) }'

for file in /usr/share/dbus-1/system.d/org.berth1.conf /usr/share/dbus-1/interfaces/org.berth1.*.xml \
    /usr/share/polkit-1/actions/org.berth1.policy; do
    ok "${file##*/} is well-formed" python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$file"
done
ok 'the bus starts it' busctl call org.berth1 /org/berth1 org.freedesktop.DBus.Peer Ping
own() { busctl call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus RequestName su org.berth1 0; }
fails 1 'no user may be org.berth1' runuser -u alice -- bash -c "$(declare -f own); own"
like "$err" 'Access denied' 'by the policy of the bus'
ok 'a user may talk to it' runuser -u alice -- busctl call org.berth1 /org/berth1 org.freedesktop.DBus.Peer Ping

# A name in the file that polkit does not know would open or close a door for nobody.
wanted=$(sed -n 's/.*<action id="\([^"]*\)".*/\1/p' "$top/polkit/org.berth1.policy" | sort)
is "$(pkaction | grep '^org\.berth1\.' | sort)" "$wanted" 'polkit knows every action'
is "$(pkaction --verbose --action-id org.berth1.container-run-privileged | sed -n 's/ *implicit active: *//p')" auth_admin \
    'running with all rights asks each time'
is "$(pkaction --verbose --action-id org.berth1.registry-login | sed -n 's/ *implicit any: *//p')" no \
    'nobody logs in to registries from elsewhere'
asked=$(grep -o '"[a-z-]*"' "$top/polkit/50-berth.rules.example" | tr -d '"' | grep -- - | sort -u)
for action in $asked; do
    like " ${wanted//$'\n'/ } " " org.berth1.$action " "the example rules name an action: $action"
done
