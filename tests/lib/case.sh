# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What a case of tests/system or tests/vm-cases says, in TAP: one line per fact, a plan at the end.
# A case starts with:  source "$(dirname "$0")/../lib/case.sh"
# Its header may hold: # box: own  (a fresh box of its own),  # vm: own,  # timeout: SECONDS

set -u
case_count=0
case_failed=0
case_cleanups=()

diag() {
    local line
    while IFS= read -r line; do echo "#   $line"; done <<<"$*"
}

verdict() {
    case_count=$((case_count + 1))
    echo "$1 $case_count - $2"
    [[ $1 == ok ]] || case_failed=$((case_failed + 1))
}

# run CMD...: sets status, out and err; never ends the case.
run() {
    local file
    file=$(mktemp)
    status=0
    out=$("$@" 2>"$file") || status=$?
    err=$(<"$file")
    rm -f "$file"
}

# A misspelt helper must not pass for silence. bash runs this in a child of the case.
command_not_found_handle() {
    echo "not ok 0 - there is no command $1" >>"/proc/$$/fd/1"
    kill -USR1 $$
    return 127
}
trap case_failed=1 USR1

# told: what the last `run` was and said, for whoever reads a failure.
told() { diag "status: $status"$'\n'"out: $out"$'\n'"err: $err"; }

# ok NAME CMD...: CMD succeeds.
ok() {
    run "${@:2}"
    if [[ $status -eq 0 ]]; then
        verdict ok "$1"
    else
        verdict 'not ok' "$1"
        diag "command: ${*:2}"
        told
    fi
}

# fails STATUS NAME CMD...: CMD ends with just this exit status.
fails() {
    run "${@:3}"
    if [[ $status -eq $1 ]]; then
        verdict ok "$2"
    else
        verdict 'not ok' "$2"
        diag "command: ${*:3}"$'\n'"expected status: $1"
        told
    fi
}

# is ACTUAL EXPECTED NAME
is() {
    if [[ $1 == "$2" ]]; then
        verdict ok "$3"
    else
        verdict 'not ok' "$3"
        diag "is:       $1"$'\n'"expected: $2"
    fi
}

# like TEXT REGEX NAME, unlike TEXT REGEX NAME
like() {
    if [[ $1 =~ $2 ]]; then verdict ok "$3"; else
        verdict 'not ok' "$3"
        diag "text: $1"$'\n'"does not match: $2"
    fi
}
unlike() {
    if ! [[ $1 =~ $2 ]]; then verdict ok "$3"; else
        verdict 'not ok' "$3"
        diag "text: $1"$'\n'"matches: $2"
    fi
}

# skip NAME REASON: REASON says what is missing here, and where the same fact is shown.
skip() { verdict ok "$1 # SKIP $2"; }

# eventually SECONDS CMD...: waits until CMD succeeds.
eventually() {
    local end=$((SECONDS + $1))
    until "${@:2}" >/dev/null 2>&1; do
        [[ $SECONDS -lt $end ]] || return 1
        sleep 0.1
    done
}

# cleanup CMD...: runs at the end, however the case ends; the last said comes first.
cleanup() { case_cleanups=("$(printf '%q ' "$@")" "${case_cleanups[@]}"); }

case_end() {
    local ended=$? command
    trap - EXIT
    for command in "${case_cleanups[@]}"; do
        eval "$command" >/dev/null 2>&1 || true
    done
    [[ $ended -eq 0 ]] || verdict 'not ok' "the case ended early with status $ended"
    echo "1..$case_count"
    exit $((case_failed > 0))
}
trap case_end EXIT
