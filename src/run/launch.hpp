// SPDX-License-Identifier: LGPL-2.1-or-later
// One container to be made: what its bundle says, and what was opened for it on the host before its
// process exists. Both fronts (berth-run, berth-oci) fill it; container.hpp carries it out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <linux/filter.h>

#include <base/fd.hpp>
#include <berth/storage.hpp>
#include <run/limits.hpp>
#include <run/namespaces.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

/// A detached mount made on the host, or nothing; one for each of the bundle's mounts.
struct Source {
    base::Fd mount;
    bool directory = true;
};

/// The host's device that stands in where a container may not make its own.
struct HostDevice {
    std::string path;
    base::Fd mount;
};

struct Launch {
    spec::Bundle bundle;
    std::string bundle_dir; ///< what root.path is relative to
    Namespaces namespaces;

    base::Fd root;                      ///< the root file system, detached
    std::optional<MountPlan> root_plan; ///< or a plan that can be carried out in place only
    std::string mount_point; ///< an existing directory of the host; only the child mounts there

    std::vector<Source> sources;          ///< in the order of bundle.mounts
    std::vector<HostDevice> host_devices; ///< only with a user namespace
    base::Fd own_init;                    ///< berth-init as a detached mount, with --init

    std::vector<sock_filter> filter; ///< empty: none
    unsigned filter_flags = 0;       ///< SECCOMP_FILTER_FLAG_*
    unsigned preserve_fds = 0;       ///< beyond 0, 1, 2
    bool pivot = true;               ///< berth-oci --no-pivot: MS_MOVE and chroot
    bool new_keyring = true;
    Strictness strictness = Strictness::Lenient;

    bool placed_by_helper = false; ///< the process waits until it is in its cgroup

    [[nodiscard]] bool has_user_namespace() const noexcept;
    /// The new process does nothing until it hears Word::Placed.
    [[nodiscard]] bool waits_for_place() const noexcept;
    [[nodiscard]] bool makes_cgroup_namespace_late() const noexcept;
};

/// Opens all that lies on the host: the root, the sources of bind mounts, the
/// namespaces. `launch.bundle`, `bundle_dir`, `mount_point` and, for a layer, `root_plan` or `root`
/// are set already.
void open_host_side(Launch& launch);

} // namespace berth::run
