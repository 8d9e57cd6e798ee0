// SPDX-License-Identifier: LGPL-2.1-or-later
#include "branch_storage.hpp"

#include "../tar/diff.hpp"
#include "../tar/usage.hpp"
#include "changes.hpp"
#include "check.hpp"
#include "unpack.hpp"

#include <unistd.h>

#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::layers {

using LockFile = Records::LockFile;
using LockMode = Records::LockMode;

StorageTraits BranchStorage::traits() const {
    StorageTraits traits;
    traits.independent_layers = true;
    traits.max_depth = branches_.limit().layers;
    return traits;
}

void BranchStorage::limit_size(const base::Dir& /*layer*/, const LayerId& /*id*/,
                               std::uint64_t /*bytes*/) const {
    throw Error(ErrorCode::Unsupported,
                "the storage driver '" + kind_.driver +
                    "' can't limit the size of a layer; leave out the storage option 'size', or "
                    "use the storage driver 'devicemapper'");
}

void BranchStorage::create(const LayerId& id, const std::optional<LayerId>& parent,
                           const LayerOptions& options) {
    const auto making = branches_.lock(LockFile::Sweep, LockMode::Shared);
    const auto names = branches_.lock(LockFile::Names, LockMode::Shared);
    if (const auto unfinished = branches_.admit(id, parent, options.kind)) {
        branches_.sweep(*unfinished);
    }
    const bool container = options.kind == LayerKind::Container;
    branches_.make(id, parent, options.kind, [&](const base::Dir& layer) {
        branches_.fill(layer, parent.has_value(), container && kind_.with_work);
        if (options.size_limit != 0) limit_size(layer, id, options.size_limit);
    });
    if (container) branches_.settle_root(id);
}

tar::ApplyOptions BranchStorage::apply_options(std::uint64_t max_bytes) const {
    tar::ApplyOptions options;
    options.max_bytes = max_bytes;
    options.longest_name = kind_.longest_name;
    return options;
}

Applied BranchStorage::apply(const LayerId& id, int tar_fd, std::uint64_t max_bytes) {
    branches_.require_changeable(id);
    branches_.reset(id);
    auto options = apply_options(max_bytes);
    if (branches_.parent(id)) {
        options.whiteouts = kind_.whiteouts;
        options.missing_parents = tar::MissingParents::NeedBelow;
    }
    return unpack(bind_plan(branches_, id, false), branches_.state_dir(), tar_fd, options).applied;
}

Applied BranchStorage::apply_on_parents(const LayerId& id, int tar_fd, std::uint64_t max_bytes) {
    branches_.require_changeable(id);
    branches_.require_complete_ancestors(id);
    branches_.reset(id);
    auto options = apply_options(max_bytes);
    const auto ancestors = branches_.ancestors(id);
    if (ancestors.empty()) return apply(id, tar_fd, max_bytes);
    if (kind_.with_work) branches_.make_work(id);
    options.whiteouts = tar::WhiteoutStyle::Delete;
    return unpack(plan_of(id, ancestors, false), branches_.state_dir(), tar_fd, options).applied;
}

void BranchStorage::complete(const LayerId& id) {
    if (branches_.is_complete(id)) return;
    const auto diff = branches_.open_diff(id);
    branches_.settle_root(id);
    tidy(branches_.open_layer(id));
    if (::syncfs(diff.fd()) < 0) throw_errno("cannot make the layer '" + id.str() + "' durable");
    branches_.mark_complete(id);
}

bool BranchStorage::is_complete(const LayerId& id) {
    return branches_.is_complete(id);
}

std::vector<LayerId> BranchStorage::list() {
    return branches_.list();
}

void BranchStorage::diff(const LayerId& id, int tar_fd) {
    const auto diff = branches_.open_diff(id);
    tar::write_branch_diff(diff.fd(), tar_fd, tar::marks_of(kind_.style),
                           {branches_.has_own_root(id)});
}

std::vector<Change> BranchStorage::changes(const LayerId& id) {
    return find_changes(branches_, id, tar::marks_of(kind_.style));
}

MountPlan BranchStorage::plan_of(const LayerId& id, const std::vector<LayerId>& ancestors,
                                 bool read_only) const {
    const std::size_t count = ancestors.size() + (read_only ? 1 : 0);
    if (count > branches_.limit().layers) {
        throw Error(ErrorCode::Exhausted, "the layer '" + id.str() + "' needs " +
                                              std::to_string(count) + " layers in one mount; " +
                                              branches_.limit().whose);
    }
    if (ancestors.empty()) return bind_plan(branches_, id, read_only);
    return make_plan(id, ancestors, read_only);
}

MountPlan BranchStorage::mount_plan(const LayerId& id, bool read_only) {
    static_cast<void>(branches_.open_layer(id));
    const auto ancestors = branches_.ancestors(id);
    if (read_only) {
        branches_.settle_root(id);
    } else {
        if (!branches_.is_container(id)) branches_.require_changeable(id);
        branches_.require_complete_ancestors(id);
        if (kind_.with_work) branches_.make_work(id);
    }
    return plan_of(id, ancestors, read_only);
}

void BranchStorage::deactivate(const LayerId& /*id*/) {}

void BranchStorage::remove(const LayerId& id) {
    const auto removing = branches_.lock(LockFile::Sweep, LockMode::Shared);
    std::string aside;
    {
        const auto names = branches_.lock(LockFile::Names, LockMode::Exclusive);
        if (!branches_.exists(id)) return;
        branches_.require_unused(id);
        branches_.drop_short_names(id);
        aside = branches_.set_aside(id);
    }
    branches_.sweep(aside);
}

Usage BranchStorage::usage(const LayerId& id) {
    return tar::measure(branches_.open_diff(id).fd());
}

std::vector<Finding> BranchStorage::check(bool repair, const std::vector<LayerId>& in_use) {
    return BranchChecker(branches_, repair, in_use, kind_.with_work).run();
}

MountPlan bind_plan(const Branches& branches, const LayerId& id, bool read_only) {
    MountStep step;
    step.filesystem = "bind";
    step.source = branches.diff_path(id);
    step.read_only = read_only;
    return {{step}};
}

} // namespace berth::layers
