// SPDX-License-Identifier: LGPL-2.1-or-later
// From changes in a tree to a layer of an image.
#pragma once

#include <functional>
#include <optional>

#include <base/dir.hpp>
#include <image/engine.hpp>
#include <spec/image_config.hpp>
#include <spec/job.hpp>

namespace berth::build {

/// An empty layer on another, that goes when it is not needed any more.
class TemporaryLayer {
  public:
    TemporaryLayer(Storage& storage, const std::optional<LayerId>& parent);
    TemporaryLayer(const TemporaryLayer&) = delete;
    TemporaryLayer& operator=(const TemporaryLayer&) = delete;
    ~TemporaryLayer();

    [[nodiscard]] const LayerId& id() const noexcept { return id_; }

  private:
    Storage& storage_;
    LayerId id_;
};

/// What an image has got so far.
struct Stack {
    std::vector<spec::JobLayer> layers; ///< lowest first
    bool docker = false;                ///< media types are Docker's

    [[nodiscard]] std::optional<LayerId> top() const;
    [[nodiscard]] std::vector<Digest> diff_ids() const;
    /// Puts a layer on top, in the media type of this image.
    void push(spec::JobLayer layer);
};

/// What `layer` changed against the stack becomes an image's layer, complete and in the blob store.
[[nodiscard]] spec::JobLayer pack(image::Engine& engine, const Stack& stack, const LayerId& layer);

/// The same of what `change` does to the tree that the stack is.
[[nodiscard]] spec::JobLayer make_layer(image::Engine& engine, const Stack& stack,
                                        const std::function<void(const base::Dir&)>& change);

/// Is an earlier layer still whole.
[[nodiscard]] bool is_whole(image::Engine& engine, const spec::JobLayer& layer);

} // namespace berth::build
