#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The shells complete commands, flags and the names there are, typed as a user would.
source "$(dirname "$0")/../lib/case.sh"
source "$(dirname "$0")/../lib/images.sh"

typed=$(dirname "$0")/../lib/type_line
pull_image busybox
berth run -d --name tabrunning busybox:1 sleep 1000 >/dev/null
cleanup berth rm -f tabrunning
berth create --name tabstopped busybox:1 true >/dev/null
cleanup berth rm -f tabstopped
berth volume create tabvolume >/dev/null
cleanup berth volume rm tabvolume

# becomes SHELL LINE WORDS [LINE WORDS]...: what is typed becomes these words.
becomes() {
    local shell=$1 lines=() words=() got=() index
    shift
    while [[ $# -gt 0 ]]; do
        lines+=("$1") words+=("$2")
        shift 2
    done
    mapfile -t got < <("$typed" "$shell" "${lines[@]}" 2>&1)
    for index in "${!lines[@]}"; do
        is "${got[index]:-}" "${words[index]}" "$shell: ${lines[index]}"
    done
    [[ ${#got[@]} -eq ${#lines[@]} ]] || diag "${got[@]: -20}"
}

for shell in bash zsh; do
    becomes $shell \
        'berth sto\t' 'berth stop' \
        'berth image insp\t' 'berth image inspect' \
        'berth system pr\t' 'berth system prune' \
        'berth stats --no-s\t' 'berth stats --no-stream' \
        'berth container prune --fo\t' 'berth container prune --force' \
        'berth stop tabr\t' 'berth stop tabrunning' \
        'berth start tabs\t' 'berth start tabstopped' \
        'berth rm tabr\t tabs\t' 'berth rm tabrunning tabstopped' \
        'berth volume rm tabv\t' 'berth volume rm tabvolume' \
        'berth run --rm busyb\t' 'berth run --rm busybox:1' \
        'berth run --rm busybox:\t' 'berth run --rm busybox:1' \
        'berth run --network ho\t' 'berth run --network host' \
        'berth run -it --restart unl\t busyb\t' 'berth run -it --restart unless-stopped busybox:1' \
        'berth cp tabr\t/etc/passwd .' 'berth cp tabrunning:/etc/passwd .' \
        'berth load -i /etc/hostn\t' 'berth load -i /etc/hostname' \
        'berth run busybox:1 /etc/hostn\t' 'berth run busybox:1 /etc/hostname'
done
becomes bash \
    'berth system \e*' 'berth system check df events info prune' \
    'berth start tab\e*' 'berth start tabstopped' \
    'berth stop tab\e*' 'berth stop tabrunning'

# fishes LINE CANDIDATES
fishes() {
    local found
    found=$(XDG_CONFIG_HOME=/tmp/fish XDG_DATA_HOME=/tmp/fish fish -c "complete -C '$1'" 2>&1 | cut -f 1 | sort | tr '\n' ' ')
    is "${found% }" "$2" "fish: $1"
}
fishes 'berth sto' stop
fishes 'berth stats --no-s' --no-stream
fishes 'berth start tab' tabstopped
fishes 'berth run --rm busyb' busybox:1
fishes 'berth system ' 'check df events info prune'
fishes 'berth load -i /etc/hostn' /etc/hostname

is "$(runuser -u alice -- "$typed" bash 'berth stop tabr\t' 2>&1)" 'berth stop tabrunning' \
    'a user without rights gets the names, and is asked for nothing'
is "$(journalctl --quiet --no-pager -u polkit --since -1min -g 'Registered Authentication Agent' -o cat)" '' \
    'no agent that could ask has been started'

for shell in bash zsh fish; do
    ok "berth completion $shell prints the file" berth completion $shell
    like "$out" 'berth __complete' 'that asks berth'
done
fails 125 'another shell has none' berth completion csh
