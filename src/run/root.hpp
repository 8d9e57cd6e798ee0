// SPDX-License-Identifier: LGPL-2.1-or-later
// The container's root file system in its own mount namespace: attached, completed, entered.
#pragma once

#include <base/dir.hpp>
#include <run/launch.hpp>

namespace berth::run {

/// Makes every mount here private and attaches the root. The host's tree is still "/".
[[nodiscard]] base::Dir attach_root(const Launch& launch);

/// Makes it "/" for good; of the host's tree nothing remains. Then read-only, if so wanted, and
/// with the propagation that the bundle names.
void enter_root(const Launch& launch, const base::Dir& root);

} // namespace berth::run
