#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A terminal is a real one.
# shellcheck disable=SC2016,SC2046,SC2012 # for the container's shell; ids without blanks
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image debian
on_terminal() { script -qec "$1" /dev/null </dev/null | tr -d '\r'; }

like "$(on_terminal 'berth run -it --rm debian:12 tty')" '/dev/(pts/0|console)' 'the command has a terminal'
like "$(on_terminal 'stty rows 33 cols 77; berth run -it --rm debian:12 stty size')" '33 77' 'of the size of ours'
fails 5 'the exit status is the shell'\''s' script -qec "berth run -it --rm debian:12 sh -c 'exit 5'" /dev/null
like "$(on_terminal 'berth run -it --rm debian:12 sh -c "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all three"')" \
    'all three' 'for input, output and errors'

ok 'a shell waits in the background' berth run -dit --name shell debian:12 bash
cleanup berth rm -f shell
like "$(on_terminal 'berth exec -it shell tty')" '/dev/pts/' 'exec has a terminal of its own'
keys() { (sleep 1; printf 'echo typed-$((40+2))\n'; sleep 1; printf '\020\021'; sleep 1); }
like "$(keys | script -qec 'berth attach shell' /dev/null | tr -d '\r')" 'typed-42' 'attach talks to it'
is "$(berth inspect -f '{{.State.Running}}' shell)" true 'and leaves it running when detached'
kill -9 "$(systemctl show -P MainPID berthd)"
ok 'after a crash of the service' eventually 10 berth ps
like "$(keys | script -qec 'berth attach shell' /dev/null | tr -d '\r')" 'typed-42' 'attach works again'
