// SPDX-License-Identifier: LGPL-2.1-or-later
// A layer's bytes on their way into the unpacker, while they are still being fetched.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <base/fd.hpp>
#include <image/engine.hpp>
#include <image/layers.hpp>
#include <image/unpack.hpp>

namespace berth::image {

class LayerStream {
  public:
    /// Starts an unpacker that reads what write() gives it. The layer must have been created,
    /// unless its content is only checked.
    LayerStream(const Engine& engine, const WantedLayer& layer, UnpackMode mode);

    /// Throws what is wrong with the archive as soon as the unpacker has given up.
    void write(std::string_view piece);
    /// Waits for the end. False when the archive needs its parents' files: it has to be unpacked
    /// again, on its complete parents.
    [[nodiscard]] bool finish();
    /// Forgets what was written; the layer has to be created anew first.
    void restart();

  private:
    void start();
    /// Waits for the unpacker and takes its verdict.
    void collect();

    const Engine& engine_;
    const WantedLayer& layer_;
    UnpackMode mode_;
    std::unique_ptr<Unpacker> unpacker_;
    base::Fd pipe_;
    bool needs_parents_ = false;
};

/// Unpacks a layer from its blob in the blob store.
/// Returns false as LayerStream::finish() does, never OnParents.
[[nodiscard]] bool unpack_blob(const Engine& engine, const WantedLayer& layer, UnpackMode mode);

} // namespace berth::image
