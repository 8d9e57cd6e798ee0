#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Pull, run, change, commit, push, pull elsewhere, run again: each step by what it leaves.
# shellcheck disable=SC2016,SC2046,SC2012 # for the container's shell; ids without blanks
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/registry.sh"
source "$(dirname "$0")/../lib/images.sh"

registry_up 5010 || exit 1
cleanup systemctl stop registry-5010
registry_put "$("$images_here/images/make" debian):12" debian:12 5010
pull_image busybox

ok 'an image comes from a registry' berth pull localhost:5010/debian:12
like "$out" 'Digest: sha256:[0-9a-f]{64}' 'and its digest is told'
ok 'a second pull' berth pull localhost:5010/debian:12
like "$out" 'Image is up to date' 'finds nothing new'

image=localhost:5010/debian:12
ok 'a command runs' berth run --rm $image cat /etc/debian_version
like "$out" '^12' 'and its output is ours'
fails 7 'its exit status is ours' berth run --rm $image sh -c 'exit 7'
fails 127 'a missing command is 127' berth run --rm $image /nothing/there
fails 126 'a command that is none is 126' berth run --rm $image /etc
fails 125 'an engine error is 125' berth run --rm --memory nonsense $image true
like "$err" 'memory' 'and says what was wrong'
is "$(echo through | berth run -i --rm $image cat)" through 'input goes through'
is "$(berth run --rm $image sh -c 'echo out; echo err >&2' 2>/dev/null)" out 'output and errors stay apart'
is "$(berth ps -aq)" '' 'nothing is left of all that'

mkdir -p /data && echo ours >/data/hello && chmod -R a+rX /data
ok 'one runs in the background' berth run -d --name mainweb -e A=b -v /data:/data:ro -w /srv -u 1000:1000 -h web \
    $image sh -c 'cat /data/hello; echo $A; id -u; hostname; pwd; exec sleep 1000'
cleanup berth rm -f mainweb
like "$out" '^[0-9a-f]{64}$' 'its id is printed'
main=$(systemctl show -P MainPID berth-mainweb)
is "$(ps -o ppid= -p "$main" | tr -d ' ')" 1 'its init is a child of PID 1'
ok 'its output is in the journal' eventually 5 sh -c 'berth logs mainweb | grep -q /srv'
group=$(systemctl show -P ControlGroup berth-mainweb)
is "$(cat "$(findmnt -n -o TARGET -t cgroup2 | head -n 1)$group/cgroup.procs")" "$main" 'and alone in its unit'
is "$(berth logs mainweb | tr '\n' ' ')" 'ours b 1000 web /srv ' 'as the command wrote it'
journal=$(journalctl -u berth-mainweb -o cat _TRANSPORT=stdout | tr '\n' ' ')
is "$journal" 'ours b 1000 web /srv ' 'and journalctl shows the same'
is "$(berth exec mainweb hostname)" web 'exec joins it'
fails 9 'with the exit status of the command' berth exec mainweb sh -c 'exit 9'
fails 1 'what is mounted read-only stays so' berth exec mainweb touch /data/new
is "$(berth inspect -f '{{.State.Running}} {{.Config.Hostname}}' mainweb)" 'true web' 'inspect knows it'

ok 'systemctl stops it' systemctl stop berth-mainweb
like "$(berth ps -a --format '{{.Names}} {{.Status}}')" 'mainweb Exited \((137|143)\)' 'and berth ps says how it ended'
ok 'berth starts it again' berth start mainweb
is "$(systemctl is-active berth-mainweb)" active 'as the same unit'

ok 'a change' berth exec -u 0 mainweb sh -c 'echo kept > /srv/file; rm /etc/issue'
like "$(berth diff mainweb)" 'A /srv/file' 'is seen'
ok 'it is committed' berth commit -m note -c 'CMD ["cat","/srv/file"]' mainweb me/web:1
ok 'tagged' berth tag me/web:1 localhost:5010/me/web:1
ok 'and pushed' berth push localhost:5010/me/web:1
berth rm -f mainweb >/dev/null
ok 'the image goes' berth rmi me/web:1 localhost:5010/me/web:1
fails 1 'and is gone' berth image exists me/web:1
ok 'another engine reads what was pushed' skopeo inspect --tls-verify=false docker://localhost:5010/me/web:1
ok 'it comes back' berth pull localhost:5010/me/web:1
is "$(berth run --rm localhost:5010/me/web:1)" kept 'with the change in it'
fails 1 'and without what was deleted' berth run --rm localhost:5010/me/web:1 test -e /etc/issue
like "$(berth search localhost:5010/web)" 'me/web' 'it is found'
ok 'it is saved' sh -c 'berth save localhost:5010/me/web:1 > /var/tmp/web.tar'
berth rmi localhost:5010/me/web:1 >/dev/null
ok 'and loaded' berth load -i /var/tmp/web.tar
is "$(berth run --rm localhost:5010/me/web:1)" kept 'whole'
ok 'nothing is wrong with the store' berth system check
is "$(systemctl --failed --no-legend | wc -l)" 0 'no unit has failed'
is "$(grep -c /var/lib/berth/storage /proc/self/mountinfo)" 0 'no mount of a container shows on the host'
