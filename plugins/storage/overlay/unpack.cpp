// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unpack.hpp"

#include "../tar/apply.hpp"
#include "../tar/reader.hpp"
#include "plan.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/xattr.h>

#include <base/confine.hpp>
#include <berth/error.hpp>

namespace berth::overlay {

namespace {

/// CAP_SYS_ADMIN is for trusted.* attributes alone; what else it allows, the filter refuses.
const std::vector<int> kUnpackCapabilities{CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER,   CAP_FSETID,
                                           CAP_MKNOD, CAP_SETFCAP,      CAP_SYS_ADMIN};

Applied unpack(const MountPlan& plan, const Layers& layers, int tar_fd,
               const tar::ApplyOptions& options) {
    tar::Reader::warm_up();
    base::enter_tree(plan, layers.state_dir());
    base::keep_capabilities(kUnpackCapabilities);
    base::deny_dangerous_calls();
    const auto root = base::Dir::open("/");
    const auto result = tar::apply(tar_fd, root.fd(), options);
    if (result.has_root && ::fremovexattr(root.fd(), kInheritRoot) < 0 && errno != ENODATA) {
        throw_errno("cannot settle the root of the layer");
    }
    return result.applied;
}

} // namespace

Applied unpack_alone(const Layers& layers, const LayerId& id, int tar_fd, std::uint64_t max_bytes) {
    MountStep step;
    step.filesystem = "bind";
    step.source = layers.diff_path(id);
    tar::ApplyOptions options;
    options.max_bytes = max_bytes;
    if (layers.parent(id)) {
        options.whiteouts = tar::WhiteoutStyle::Overlay;
        options.missing_parents = tar::MissingParents::NeedBelow;
    }
    return unpack({{step}}, layers, tar_fd, options);
}

Applied unpack_on_parents(const Layers& layers, const LayerId& id, int tar_fd,
                          std::uint64_t max_bytes) {
    const auto ancestors = layers.ancestors(id);
    if (ancestors.empty()) return unpack_alone(layers, id, tar_fd, max_bytes);
    layers.make_work(id);
    tar::ApplyOptions options;
    options.max_bytes = max_bytes;
    options.whiteouts = tar::WhiteoutStyle::Delete;
    return unpack(make_plan(layers, id, ancestors, false), layers, tar_fd, options);
}

} // namespace berth::overlay
