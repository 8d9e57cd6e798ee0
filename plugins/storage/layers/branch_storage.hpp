// SPDX-License-Identifier: LGPL-2.1-or-later
// A storage plugin whose layers are directories that one mount of a layered file system shows as
// one tree. What remains to the plugin is how that file system is mounted and what it needs.
#pragma once

#include "../tar/apply.hpp"
#include "../tar/marks.hpp"
#include "branches.hpp"

namespace berth::layers {

/// What the layered file systems differ in.
struct BranchKind {
    std::string driver;
    tar::BranchStyle style = tar::BranchStyle::Overlay;
    tar::WhiteoutStyle whiteouts = tar::WhiteoutStyle::Overlay;
    bool with_work = false;         ///< a writable mount needs work/ beside diff/
    std::size_t longest_name = 255; ///< bytes of a name it can show
};

class BranchStorage : public Storage {
  public:
    BranchStorage(const PluginHost& host, BranchKind kind, DepthLimit limit)
        : branches_(host.state_dir, std::move(limit)), kind_(std::move(kind)) {}

    [[nodiscard]] StorageTraits traits() const override;
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

  protected:
    [[nodiscard]] const Branches& branches() const noexcept { return branches_; }

    /// The mount of a layer on its ancestors, nearest first, of which there is at least one.
    [[nodiscard]] virtual MountPlan
    make_plan(const LayerId& id, const std::vector<LayerId>& ancestors, bool read_only) const = 0;
    /// Limits a new layer, whose parts are in `layer`; Unsupported where that can't be done.
    virtual void limit_size(const base::Dir& layer, const LayerId& id, std::uint64_t bytes) const;
    /// Removes what the file system left in a layer that was mounted to fill it.
    virtual void tidy(const base::Dir& layer) const = 0;

  private:
    [[nodiscard]] tar::ApplyOptions apply_options(std::uint64_t max_bytes) const;
    [[nodiscard]] MountPlan plan_of(const LayerId& id, const std::vector<LayerId>& ancestors,
                                    bool read_only) const;

    Branches branches_;
    BranchKind kind_;
};

/// One layer alone is what it is.
[[nodiscard]] MountPlan bind_plan(const Branches& branches, const LayerId& id, bool read_only);

} // namespace berth::layers
