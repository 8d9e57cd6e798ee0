// SPDX-License-Identifier: LGPL-2.1-or-later
// Gets an image's layers into the storage driver, each streamed once: from the registry to a
// partial blob and, at the same time, through the unpacker into the layer. What is there already is
// left alone; what an earlier, interrupted job fetched is not fetched again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <berth/registry.hpp>
#include <image/engine.hpp>
#include <spec/job.hpp>
#include <spec/manifest.hpp>

namespace berth::image {

struct WantedLayer {
    LayerId chain;
    std::optional<LayerId> parent;
    Digest diff;
    spec::Descriptor blob;
};

/// The layers of an image, lowest first. Corrupt unless configuration and manifest name as many.
[[nodiscard]] std::vector<WantedLayer> wanted_layers(const std::vector<Digest>& diff_ids,
                                                     const std::vector<spec::Descriptor>& blobs);

/// Opens a session to read blobs from; called once in each thread. Empty: every blob is in the blob
/// store already.
using BlobOrigin = std::function<std::unique_ptr<RegistrySession>()>;

struct InstalledLayers {
    std::vector<spec::JobLayer> layers;
    bool up_to_date = true; ///< nothing was fetched or unpacked
};

/// Returns when every layer is complete and every blob is kept. On failure what is whole stays,
/// what is not is removed, partial blobs wait for the next try.
[[nodiscard]] InstalledLayers install_layers(Engine& engine, const std::vector<WantedLayer>& layers,
                                             const BlobOrigin& origin);

} // namespace berth::image
