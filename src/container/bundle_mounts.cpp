// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <container/bundle.hpp>
#include <container/volumes.hpp>
#include <spec/bundle_defaults.hpp>

namespace berth::container {

namespace {

using spec::BundleMount;

void make_writable(BundleMount& mount) {
    std::erase(mount.options, "ro");
    mount.options.emplace_back("rw");
}

/// A namespace of the host's or of another container has its own files already.
void adapt_ipc(std::vector<BundleMount>& mounts, const spec::ContainerSpec& spec) {
    if (spec.ipc_mode == "none") {
        std::erase_if(mounts, [](const auto& mount) { return mount.destination == "/dev/shm"; });
    }
    if (spec.ipc_mode != "host") return;
    for (auto& mount : mounts) {
        if (mount.destination != "/dev/shm" && mount.destination != "/dev/mqueue") continue;
        mount.type = "bind";
        mount.source = mount.destination;
        mount.options = {"rbind", "nosuid", "noexec", "nodev"};
    }
}

std::vector<BundleMount> system_mounts(const spec::ContainerSpec& spec) {
    auto mounts = spec::default_mounts(spec.resources.shm_size);
    adapt_ipc(mounts, spec);
    if (spec.privileged) {
        for (auto& mount : mounts) {
            if (mount.destination == "/sys" || mount.destination == "/sys/fs/cgroup") {
                make_writable(mount);
            }
        }
    }
    return mounts;
}

BundleMount tmpfs_mount(const spec::Mount& mount) {
    BundleMount made{.destination = mount.target, .type = "tmpfs", .source = "tmpfs"};
    made.options = {"nosuid", "nodev", "noexec"};
    for (const auto& option : mount.options) {
        // "exec" takes "noexec" back.
        std::erase(made.options, "no" + option);
        made.options.push_back(option);
    }
    if (mount.read_only) made.options.emplace_back("ro");
    return made;
}

BundleMount bind_mount(const spec::Mount& mount) {
    BundleMount made{.destination = mount.target, .type = "bind", .source = mount.source};
    if (mount.kind == spec::MountKind::Volume) made.source = volume_data(mount.source);
    made.options.emplace_back(mount.non_recursive ? "bind" : "rbind");
    made.options.emplace_back(mount.read_only ? "ro" : "rw");
    made.options.push_back(mount.propagation.empty() ? "rprivate" : mount.propagation);
    return made;
}

bool is_below(const std::string& path, const std::string& parent) {
    return path == parent || path.rfind(parent + "/", 0) == 0;
}

} // namespace

std::vector<BundleMount> bundle_mounts(const spec::ContainerSpec& spec) {
    std::vector<spec::Mount> asked = spec.mounts;
    // Parents before what is mounted in them, else in the user's order.
    std::stable_sort(asked.begin(), asked.end(), [](const auto& left, const auto& right) {
        return std::count(left.target.begin(), left.target.end(), '/') <
               std::count(right.target.begin(), right.target.end(), '/');
    });
    auto mounts = system_mounts(spec);
    for (const auto& mount : asked) {
        // A user's own /dev or /sys comes instead of ours, with all that ours has in it.
        std::erase_if(mounts, [&](const auto& own) {
            return own.type != "bind" && is_below(own.destination, mount.target);
        });
        mounts.push_back(mount.kind == spec::MountKind::Tmpfs ? tmpfs_mount(mount)
                                                              : bind_mount(mount));
    }
    return mounts;
}

} // namespace berth::container
