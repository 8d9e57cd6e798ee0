// SPDX-License-Identifier: LGPL-2.1-or-later
// Images as clients see them: rows of the list, docker's inspect JSON, history. Blocking, reading
// only.
#pragma once

#include <string>
#include <vector>

#include <bus/value.hpp>
#include <store/store.hpp>

namespace berth::daemon {

/// id tags digests created size labels dangling containers architecture os; newest first.
[[nodiscard]] std::vector<bus::Dict> image_rows(store::Store& store);
/// `format`: "docker" as docker's inspect, "oci" the configuration as it is. InvalidArgument.
[[nodiscard]] std::string inspect_image(store::Store& store, const Digest& id,
                                        const std::string& format);
/// id created created_by size comment tags; newest first.
[[nodiscard]] std::vector<bus::Dict> image_history(store::Store& store, const Digest& id);

} // namespace berth::daemon
