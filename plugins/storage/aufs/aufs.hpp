// SPDX-License-Identifier: LGPL-2.1-or-later
// Layers as directories that aufs shows as one tree; see README.md.
#pragma once

#include "../layers/branch_storage.hpp"

namespace berth::aufs {

class Aufs final : public layers::BranchStorage {
  public:
    explicit Aufs(const PluginHost& host);

    [[nodiscard]] Probe probe() override;
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> status() const override;

  protected:
    [[nodiscard]] MountPlan make_plan(const LayerId& id, const std::vector<LayerId>& ancestors,
                                      bool read_only) const override;
    void tidy(const base::Dir& layer) const override;

  private:
    std::string runtime_dir_;
};

} // namespace berth::aufs
