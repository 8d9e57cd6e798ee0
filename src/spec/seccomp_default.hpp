// SPDX-License-Identifier: LGPL-2.1-or-later
// The data of default_seccomp(). Internal to spec. Names are separated by single spaces.
#pragma once

#include <array>

namespace berth::spec {

/// Calls that every container may make.
extern const char* const kAllowedCalls;

struct CapabilityCalls {
    const char* capability;
    const char* calls;
};
/// Calls that a container with the capability may make as well.
extern const std::array<CapabilityCalls, 14> kCallsOfCapabilities;

} // namespace berth::spec
