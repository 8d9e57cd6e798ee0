// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <store/records.hpp>

namespace berth::daemon {

/// The configuration of an image committed from a container, as JSON: what the container runs with,
/// on the layers and history of its image.
[[nodiscard]] std::string commit_config(const store::ContainerRecord& record);

} // namespace berth::daemon
