# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2154
# Runs the cases of tests/system (in a box) and tests/vm-cases (in a machine) and counts their facts.

# case_header FILE KEY: the value of `# KEY: value` among the file's first lines.
case_header() { sed -n "1,12s/^# $2: *//p" "$1" | head -n 1; }

# run_box_case LAYER FILE: in the shared box, or in one of its own when it asks for one.
run_box_case() {
    local layer=$1 file=$2 name limit box=check
    name=$(basename "$file" .sh)
    limit=$(case_header "$file" timeout)
    [[ $(case_header "$file" box) != own ]] || box=check-own
    note "  $name"
    { timeout --kill-after=10 "${limit:-300}" "$top/tests/box" run "$box" -- bash "$file" 2>&1 || true; } |
        tee "$logs/$name.tap" | tally_tap "$layer" "$name"
    [[ $box == check ]] || "$top/tests/box" down "$box"
}

run_vm_case() {
    local layer=$1 file=$2 name limit
    name=$(basename "$file" .sh)
    limit=$(case_header "$file" timeout)
    note "  $name"
    {
        "$top/tests/vm" run --timeout "${limit:-300}" --results "$logs/$name.results" \
            --console "$logs/$name.console" --files "$images" --disk 2048 "$file" 2>&1 || true
    } | tee "$logs/$name.tap" | tally_tap "$layer" "$name"
}
