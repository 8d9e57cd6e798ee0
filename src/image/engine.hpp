// SPDX-License-Identifier: LGPL-2.1-or-later
// What every pipeline works with.
#pragma once

#include <string>

#include <berth/storage.hpp>
#include <image/places.hpp>
#include <image/progress.hpp>

namespace berth::image {

struct Engine {
    std::string driver; ///< name of the storage plugin
    Storage& storage;
    Places& places;
    Progress& progress;
};

} // namespace berth::image
