// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unpack.hpp"

#include "../tar/reader.hpp"
#include "branches.hpp"

#include <linux/capability.h>
#include <sys/xattr.h>

#include <base/confine.hpp>
#include <berth/error.hpp>

namespace berth::layers {

namespace {

/// CAP_SYS_ADMIN is for trusted.* attributes alone; what else it allows, the filter refuses.
const std::vector<int> kUnpackCapabilities{CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER,   CAP_FSETID,
                                           CAP_MKNOD, CAP_SETFCAP,      CAP_SYS_ADMIN};

} // namespace

tar::ApplyResult unpack(const MountPlan& plan, const std::string& mount_point, int tar_fd,
                        const tar::ApplyOptions& options) {
    tar::Reader::warm_up();
    base::enter_tree(plan, mount_point);
    base::keep_capabilities(kUnpackCapabilities);
    base::deny_dangerous_calls();
    const auto root = base::Dir::open("/");
    auto result = tar::apply(tar_fd, root.fd(), options);
    if (result.has_root && ::fremovexattr(root.fd(), kInheritRoot) < 0 && errno != ENODATA) {
        throw_errno("cannot settle the root of the layer");
    }
    return result;
}

} // namespace berth::layers
