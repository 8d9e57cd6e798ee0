// SPDX-License-Identifier: LGPL-2.1-or-later
// What a new container would share with what is another user's: other containers' namespaces and
// volumes, and named volumes. The right to run it does not cover that; each is asked for.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include <bus/value.hpp>
#include <spec/container_spec.hpp>
#include <store/store.hpp>

namespace berth::daemon {

struct Claim {
    std::string action; ///< of polkit, whole
    bus::StringMap details;
};

/// For a spec whose references are resolved. None for root and for what is the caller's own.
[[nodiscard]] std::vector<Claim> claims_on_others(store::Store& store,
                                                  const spec::ContainerSpec& spec, uid_t caller);

} // namespace berth::daemon
