// SPDX-License-Identifier: LGPL-2.1-or-later
// Layers as snapshots in a thin pool; see README.md.
#pragma once

#include "thin_store.hpp"

#include <berth/storage.hpp>

namespace berth::devicemapper {

class Devicemapper final : public Storage {
  public:
    explicit Devicemapper(const PluginHost& host) : store_(host) {}

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
    void make_empty(const LayerId& id) const;
    [[nodiscard]] MountPlan plan(const LayerId& id, bool read_only) const;

    ThinStore store_;
};

} // namespace berth::devicemapper
