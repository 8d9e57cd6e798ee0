// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace berth::cli {

/// Starts pkttyagent(1) for this process, so that polkit can ask for a password on the terminal
/// where no desktop asks. Nothing happens for root, without a terminal, or when it is not there.
/// It ends with this process.
void start_polkit_agent();

} // namespace berth::cli
