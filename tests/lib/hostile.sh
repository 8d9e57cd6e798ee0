# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Facts of tests/hostile, one a line, as facts of the case.

hostile_here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# hostile layers|images|archives|registries
hostile() {
    local word name why
    while IFS=$'\t' read -r word name why; do
        if [[ $word == ok || $word == 'not ok' ]]; then
            verdict "$word" "$name"
            [[ -z $why ]] || diag "$why"
        else
            diag "$word"
        fi
    done < <(PYTHONDONTWRITEBYTECODE=1 python3 "$hostile_here/hostile/run.py" "$1" 2>&1 || echo $'not ok\tthe images came to an end')
}
