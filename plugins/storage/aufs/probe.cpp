// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe.hpp"

#include "../layers/filesystem.hpp"

#include <sys/xattr.h>

#include <berth/error.hpp>

namespace berth::aufs {

namespace {

std::string find_problem(const std::string& state_dir) {
    if (!layers::kernel_has_filesystem("aufs")) {
        return "this kernel has no aufs, which is not part of Linux and must be patched in; use "
               "the storage driver 'overlay'";
    }
    const auto magic = layers::filesystem_magic(state_dir);
    if (magic == layers::kOverlayMagic || magic == layers::kAufsMagic) {
        return "the state directory '" + state_dir + "' lies on " +
               layers::filesystem_name(state_dir) +
               ", which can't hold aufs branches; keep it on ext4, xfs or btrfs (in a container: "
               "on a volume)";
    }
    return layers::try_directory(state_dir, [&](const base::Dir& dir) -> std::string {
        if (::fsetxattr(dir.fd(), "trusted.berth.probe", "y", 1, 0) == 0) return {};
        return layers::lack_of(state_dir, "can't keep trusted extended attributes");
    });
}

} // namespace

Probe probe(const std::string& state_dir) {
    try {
        const std::string reason = find_problem(state_dir);
        return {reason.empty(), reason};
    } catch (const Error& error) {
        return {false, std::string("cannot try the state directory: ") + error.what()};
    }
}

} // namespace berth::aufs
