// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of images: giving, taking away, and what is saved under them. Blocking.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <container/engine.hpp>
#include <spec/job.hpp>

namespace berth::daemon {

struct TaggedImage {
    Digest id;
    std::string reference; ///< in full
};
[[nodiscard]] TaggedImage tag(store::Store& store, const std::string& source,
                              const std::string& target);

/// The order to save images by their names: those named by reference carry that name into the
/// archive.
[[nodiscard]] spec::SaveRequest saved_images(store::Store& store,
                                             const std::vector<std::string>& names);

struct RemoveImage {
    std::string name; ///< reference, id or prefix
    bool force = false;
    bool prune_parents = true; ///< its layers that nothing else uses go too
};
/// ("untagged", reference) or ("deleted", digest).
using Removed = std::pair<std::string, std::string>;
/// As docker: a name goes; with its last name the image itself, unless a container stands on it.
/// InUse says by whom.
[[nodiscard]] std::vector<Removed> remove_image_name(container::Engine& engine,
                                                     const RemoveImage& request);

} // namespace berth::daemon
