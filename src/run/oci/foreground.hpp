// SPDX-License-Identifier: LGPL-2.1-or-later
// A process in the foreground of berth-oci: signals are passed on to it, a terminal is joined with
// the caller's, and its exit status becomes ours.
#pragma once

#include <base/fd.hpp>

namespace berth::run::oci {

/// `pidfd` is of a child. Returns its exit status, 128 + n for one killed by signal n. `terminal`
/// is the master of its terminal, or empty.
[[nodiscard]] int attend(const base::Fd& pidfd, base::Fd terminal);

} // namespace berth::run::oci
