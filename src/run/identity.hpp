// SPDX-License-Identifier: LGPL-2.1-or-later
// The last rights a process gives up before it becomes the payload: user, groups, capabilities.
#pragma once

#include <string>
#include <vector>

#include <run/user.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

/// Those of them that this process has not itself and so can't give: unknown names and what it
/// was started without. They are left out.
[[nodiscard]] std::vector<std::string> unavailable_capabilities(const spec::CapabilitySets& sets);

/// Drops the bounding set to what is wanted. Needs CAP_SETPCAP, so it comes before the rest.
void limit_bounding_set(const spec::CapabilitySets& sets);

/// setgroups, setgid and setuid, capabilities kept across the change.
void become_user(const Identity& identity, bool may_set_groups);

/// All permitted capabilities effective again, which a change of user has undone.
void raise_capabilities();

/// Permitted, effective, inheritable and ambient sets as wanted, as far as this process may.
void set_capabilities(const spec::CapabilitySets& sets);

/// May processes of the user namespace that `process` (a pid, or "self") is in call setgroups(2).
[[nodiscard]] bool may_set_groups(const std::string& process = "self");

} // namespace berth::run
