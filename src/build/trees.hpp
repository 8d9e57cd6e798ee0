// SPDX-License-Identifier: LGPL-2.1-or-later
// The trees that COPY and ADD read, opened when first asked for: the context, and images' and
// stages' by their top layer.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <build/layer_maker.hpp>
#include <build/sources.hpp>
#include <image/container_tree.hpp>

namespace berth::build {

class Trees {
  public:
    /// `context` is a directory or a tar; it stays the caller's. A directory is read with the
    /// rights of `reader`.
    Trees(image::Engine& engine, int context, std::uint32_t reader);

    [[nodiscard]] const SourceTree& context();
    /// Of an image without layers: an empty tree.
    [[nodiscard]] const SourceTree& of_layer(const std::optional<LayerId>& top);

  private:
    [[nodiscard]] base::Dir open_context();
    [[nodiscard]] base::Dir open_layer(const LayerId& layer);

    image::Engine& engine_;
    int context_fd_;
    std::uint32_t reader_;
    std::unique_ptr<TemporaryLayer> unpacked_;
    std::unique_ptr<TemporaryLayer> nothing_;
    std::vector<std::unique_ptr<image::ContainerTree>> mounted_; ///< before their layers go
    std::unique_ptr<SourceTree> context_;
    std::map<std::string, std::unique_ptr<SourceTree>> layers_;
};

} // namespace berth::build
