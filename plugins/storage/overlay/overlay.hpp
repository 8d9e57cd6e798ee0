// SPDX-License-Identifier: LGPL-2.1-or-later
// Layers as directories that the kernel's overlayfs shows as one tree; see README.md.
#pragma once

#include "../layers/branch_storage.hpp"

namespace berth::overlay {

class Overlay final : public layers::BranchStorage {
  public:
    explicit Overlay(const PluginHost& host);

    [[nodiscard]] Probe probe() override;
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> status() const override;

  protected:
    [[nodiscard]] MountPlan make_plan(const LayerId& id, const std::vector<LayerId>& ancestors,
                                      bool read_only) const override;
    void tidy(const base::Dir& layer) const override;
};

} // namespace berth::overlay
