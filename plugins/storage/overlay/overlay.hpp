// SPDX-License-Identifier: LGPL-2.1-or-later
// Layers as directories that the kernel's overlayfs shows as one tree; see README.md.
#pragma once

#include "layers.hpp"

#include <berth/storage.hpp>

namespace berth::overlay {

class Overlay final : public Storage {
  public:
    explicit Overlay(const PluginHost& host) : layers_(host.state_dir) {}

    [[nodiscard]] Probe probe() override;
    [[nodiscard]] StorageTraits traits() const override;
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> status() const override;
    void create(const LayerId& id, const std::optional<LayerId>& parent,
                const LayerOptions& options) override;
    [[nodiscard]] Applied apply(const LayerId& id, int tar_fd, std::uint64_t max_bytes) override;
    [[nodiscard]] Applied apply_on_parents(const LayerId& id, int tar_fd,
                                           std::uint64_t max_bytes) override;
    void complete(const LayerId& id) override;
    [[nodiscard]] bool is_complete(const LayerId& id) override;
    [[nodiscard]] std::vector<LayerId> list() override;
    void diff(const LayerId& id, int tar_fd) override;
    [[nodiscard]] std::vector<Change> changes(const LayerId& id) override;
    [[nodiscard]] MountPlan mount_plan(const LayerId& id, bool read_only) override;
    void deactivate(const LayerId& id) override;
    void remove(const LayerId& id) override;
    [[nodiscard]] Usage usage(const LayerId& id) override;
    [[nodiscard]] std::vector<Finding> check(bool repair,
                                             const std::vector<LayerId>& in_use) override;

  private:
    void require_changeable(const LayerId& id) const;
    void require_complete_ancestors(const LayerId& id) const;
    void remove_layer(const LayerId& id) const;

    Layers layers_;
};

} // namespace berth::overlay
