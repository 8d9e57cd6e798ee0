// SPDX-License-Identifier: LGPL-2.1-or-later
// A library that leaves /ran-evil where it is loaded. Compiled by tests/lib/odd.sh.
#include "call.hpp"

extern "C" [[gnu::constructor]] void leave_a_trace() {
    call(__NR_creat, address("/ran-evil"), 0644);
}
