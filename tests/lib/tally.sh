# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# What all layers of ./check count in: one line a test in the file $tally,
# LAYER <tab> pass|fail|skip <tab> NAME <tab> REASON.

tally_add() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4:-}" >>"$tally"; }

# tally_count RESULT [LAYER]
tally_count() { awk -F '\t' -v r="$1" -v l="${2:-}" '$2 == r && (l == "" || $1 == l)' "$tally" | wc -l; }

# tally_tap LAYER CASE: reads the case's output, counts its facts, and its missing plan as a failure.
tally_tap() {
    local layer=$1 name=$2 line planned=
    while IFS= read -r line; do
        line=${line%$'\r'}
        if [[ $line =~ ^ok\ [0-9]+\ -\ (.*)\ #\ SKIP\ (.*)$ ]]; then
            tally_add "$layer" skip "$name: ${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
        elif [[ $line =~ ^ok\ [0-9]+\ -\ (.*)$ ]]; then
            tally_add "$layer" pass "$name: ${BASH_REMATCH[1]}"
        elif [[ $line =~ ^not\ ok\ [0-9]+\ -\ (.*)$ ]]; then
            tally_add "$layer" fail "$name: ${BASH_REMATCH[1]}"
            printf '%s\n' "$line"
        elif [[ $line =~ ^1\.\.[0-9]+$ ]]; then
            planned=yes
        elif [[ $line == '#'* ]]; then
            printf '%s\n' "$line"
        fi
    done
    [[ -n $planned ]] || tally_add "$layer" fail "$name: ended before its plan"
}
