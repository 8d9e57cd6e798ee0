#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SIGKILL of service, client, runner and worker: a short stretch of tests/soak/crash, in a fixed order.
# box: own
source "$(dirname "$0")/../lib/case.sh"

ok 'fourteen kills lose nothing and leave nothing' \
    python3 "$(dirname "$0")/../soak/crash" --inside --rounds 14 --seed 5
like "$out" '0 lost or left over' 'as it says itself'
