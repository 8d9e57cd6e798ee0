// SPDX-License-Identifier: LGPL-2.1-or-later
// The process that becomes a container: from its clone to the exec of the payload.
#pragma once

#include <functional>

#include <run/channel.hpp>
#include <run/launch.hpp>

namespace berth::run {

/// What one of the two fronts adds to the flow.
struct Additions {
    bool hooks_due = false;              ///< the helper has hooks to run before the root is entered
    std::function<void()> in_namespaces; ///< createContainer hooks: the host's tree is still there
    /// Waits for `start` and speaks with it from then on; nothing: goes on with the helper.
    std::function<void(Channel&)> before_start;
    std::function<void()> in_container; ///< startContainer hooks, with the payload's own user
    std::vector<int> keep_open;         ///< descriptors that before_start needs
};

/// Never returns: it execs the payload, or tells the helper why not and exits.
[[noreturn]] void become_container(const Launch& launch, Channel& channel,
                                   const Additions& additions);

/// Runs `steps` and turns what they throw into last words on the channel and an exit.
[[noreturn]] void run_to_exec(Channel& channel, const std::function<void()>& steps);

} // namespace berth::run
