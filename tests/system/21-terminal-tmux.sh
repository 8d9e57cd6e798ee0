#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A person at a terminal: resize, Ctrl-C, job control, full screen, leaving and coming back.
# shellcheck disable=SC2016 # for the container's shell
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

pull_image debian
pull_image busybox
screen() { tmux -L berth-test "$@"; }
screen new-session -d -x 100 -y 30 -s t 'bash --norc'
cleanup screen kill-server
cleanup berth rm -f person other
type_line() { screen send-keys -t t "$1" Enter; }
key() { screen send-keys -t t "$@"; }
seen() { screen capture-pane -p -t t | grep -qE -- "$1"; }
shows() { ok "$2" eventually 15 seen "$1"; }

type_line 'berth run -it --name person debian:12 bash --norc'
shows '^bash-.*# *$' 'a shell of the container prompts'
type_line 'echo size $(stty size)'
shows '^size 30 100' 'its terminal is as large as ours'
screen resize-window -t t -x 120 -y 40
sleep 0.5
type_line 'echo size $(stty size)'
shows '^size 40 120' 'and follows a resize'
type_line 'sleep 300'
sleep 0.5
key C-c
type_line 'echo status $?'
shows '^status 130' 'Ctrl-C interrupts the command, not the shell'
type_line 'sleep 301'
sleep 0.5
key C-z
shows 'Stopped +sleep 301' 'Ctrl-Z stops it'
type_line 'fg'
sleep 0.5
key C-c
type_line 'echo again $?'
shows '^again 130' 'and fg brings it back'
key C-p C-q
shows '^detached' 'Ctrl-P Ctrl-Q leaves'
is "$(berth inspect -f '{{.State.Running}}' person)" true 'and the container runs on'
type_line 'clear; berth attach person'
sleep 1
type_line 'echo back-$((40+2))'
shows '^back-42' 'attach comes back'
type_line 'exit 9'
sleep 1
type_line 'echo ended $?'
shows '^ended 9' "the exit status is the shell's"

type_line 'clear; berth run -it --rm busybox:1 vi /tmp/x'
shows '^~' 'vi takes the whole screen'
key ':q!' Enter
sleep 1
type_line 'clear; echo left $?'
shows '^left 0' 'and gives it back'

berth run -d --name other busybox:1 sleep 1000 >/dev/null
inside() { berth top other | grep -q 'sleep 777'; }
gone() { ! inside; }
for signal in TERM HUP; do
    script -qec 'berth exec -it other sleep 777' /dev/null </dev/zero >/dev/null 2>&1 &
    ok "exec -it runs before SIG$signal" eventually 10 inside
    client=$(pgrep -f '^berth exec -it other sleep 777')
    kill "-$signal" "$client"
    ok "SIG$signal to the client ends what it ran within two seconds" eventually 2 gone
done
