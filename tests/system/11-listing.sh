#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Lists, templates, filters and what is said of a wrong command line are docker's.
# shellcheck disable=SC2016 # templates are no expansions
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image busybox
berth run -d --name lister --label com.x.some-key=v --label plain busybox:1 sleep 1000 >/dev/null
berth create --name listed busybox:1 true >/dev/null
cleanup berth rm -f lister listed

id=$(berth ps -q --filter name=lister)
like "$id" '^[0-9a-f]{12}$' 'an ID is short'
is "$(berth ps -q --no-trunc --filter name=lister | cut -c1-12)" "$id" 'or whole'
is "$(berth inspect -f '{{.Name}}' "${id:0:6}")" /lister 'its beginning is enough'
like "$(berth ps | head -n 1)" '^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES' "the columns are docker's"
is "$(berth container ls -q)" "$(berth ps -q)" 'container ls is ps'
is "$(berth ps -a --format '{{.Names}} {{.State}}' --filter name=liste | sort | tr '\n' ' ')" \
    'listed created lister running ' 'a template a row'
is "$(berth ps --format '{{.Label "com.x.some-key"}}|{{.Label "none"}}' --filter name=lister)" 'v|' 'a template asks for a label'
is "$(berth ps --format 'table {{.Names}}\t{{.Label "com.x.some-key"}}' --filter name=lister | head -n 1 | tr -s ' ')" \
    'NAMES some key' 'whose column is its last word'
unlike "$(berth ps --format '{{.Size}}' --filter name=lister)" '^$' 'a template that shows the size has it measured'
is "$(berth ps --format json --filter name=lister | jq -r .Names)" lister 'json a row'
is "$(berth ps -aq --filter label=plain --filter name=listed | wc -l)" 0 'filters add up'
is "$(berth ps -aq --filter health=none --filter name=lister)" "$id" 'no health check is none'

is "$(berth info -f '{{.OSType}} {{.CgroupDriver}} {{.CgroupVersion}}')" 'linux systemd 2' "info has docker's names"
is "$(berth info -f '{{.Name}}')" "$(hostname)" 'of the machine too'
like "$(berth info -f '{{.NCPU}} {{.MemTotal}}')" '^[1-9][0-9]* [1-9][0-9]*$' 'and numbers'
is "$(berth version -f '{{.Client.Version}}')" "$(berth version -f '{{.Server.Version}}')" 'versions are those of one build'
like "$(berth version)" 'OS/Arch: +linux/' 'and for people'

fails 1 'no such command' berth nonsense
fails 1 'too few arguments' berth stop
fails 1 'too many arguments' berth rename a b c
fails 125 'no such flag' berth ps --nonsense
fails 125 'a flag without its value' berth exec -e
fails 1 'no such filter' berth ps --filter colour=red
fails 1 'no such status' berth ps --filter status=stoped
like "$err" 'running' 'names those there are'
fails 1 'no such field' berth ps --format '{{.Nonsense}}'
fails 1 'one wrong name of two' berth inspect lister nobody -f '{{.Name}}'
is "$out" /lister 'leaves the other done'

fails 1 'a mistyped container' berth start listre
like "$err" 'Did you mean .*lister' 'gets a suggestion'
fails 1 'a mistyped image' berth tag busybxo:1 x:1
like "$err" 'Did you mean busybox:1' 'gets one as well'
fails 1 'a mistyped command' berth stpo lister
like "$err" 'Did you mean stop' 'too'

ok 'rm -f of nobody' berth rm -f nobody
like "$err" 'No such container: nobody' 'says so'
ok 'rm --ignore of nobody' berth rm --ignore nobody
is "$err" '' 'says nothing'
