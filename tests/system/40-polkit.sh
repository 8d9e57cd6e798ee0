#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who is not root gets the lists, and nothing else without polkit.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
berth run -d --name secret -e PASSWORD=hush busybox:1 sleep 1000 >/dev/null
cleanup berth rm -f secret
as_alice() { timeout 20 runuser -u alice -- "$@" </dev/null; }

ok 'a user may list containers' as_alice berth ps
like "$out" secret 'and sees their names'
ok 'and images' as_alice berth images
ok 'and ask for the version' as_alice berth version
denied() { fails "$1" "a user may not ${*:2}" as_alice berth "${@:2}"; unlike "$err$out" hush 'and learns nothing'; }
denied 125 run --rm busybox:1 true
denied 125 run --rm --privileged busybox:1 true
denied 1 inspect secret
denied 1 logs secret
denied 1 exec secret true
denied 1 stop secret
denied 1 rm -f secret
denied 1 rmi busybox:1
denied 1 tag busybox:1 mine:1
denied 1 commit secret stolen:1
denied 1 cp secret:/etc/passwd -
denied 1 export secret
is "$(systemctl is-active berth-secret)" active 'the container still runs'

cat >/etc/polkit-1/rules.d/10-berth-test.rules <<'TEXT'
polkit.addRule(function(action, subject) {
    if (action.id == "org.berth1.container-manage" && subject.user == "alice") return polkit.Result.YES;
});
TEXT
cleanup rm -f /etc/polkit-1/rules.d/10-berth-test.rules
ok 'a rule of the administrator' eventually 10 runuser -u alice -- berth stop -t 0 secret
is "$(berth inspect -f '{{.State.Running}}' secret)" false 'lets a user stop it'
denied 1 exec secret true
