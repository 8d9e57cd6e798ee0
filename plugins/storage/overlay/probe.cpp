// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe.hpp"

#include "../layers/filesystem.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <base/handle.hpp>
#include <berth/error.hpp>

namespace berth::overlay {

namespace {

bool tells_entry_types(const base::Dir& dir) {
    const base::Handle<DIR, ::closedir> stream(::opendir(base::fd_path(dir.fd()).c_str()));
    if (!stream) throw_errno("cannot list a directory");
    while (const dirent* entry = ::readdir(stream.get())) {
        if (entry->d_type == DT_UNKNOWN) return false;
    }
    return true;
}

std::string try_layer(const std::string& state_dir, const base::Dir& dir) {
    static_cast<void>(dir.open_file("file", O_CREAT | O_WRONLY, 0600));
    if (!tells_entry_types(dir)) {
        errno = EOPNOTSUPP;
        return layers::lack_of(state_dir, "does not tell the types of directory entries (d_type; "
                                          "for xfs: mkfs.xfs -n ftype=1)");
    }
    if (::fsetxattr(dir.fd(), "trusted.overlay.opaque", "y", 1, 0) < 0) {
        return layers::lack_of(state_dir, "can't keep trusted extended attributes");
    }
    if (::mknodat(dir.fd(), "whiteout", S_IFCHR, makedev(0, 0)) < 0) {
        return layers::lack_of(state_dir, "can't keep device nodes, which mark deletions");
    }
    return {};
}

std::string find_problem(const std::string& state_dir) {
    if (!layers::kernel_has_filesystem("overlay")) {
        return "this kernel has no overlayfs (CONFIG_OVERLAY_FS, module 'overlay'); use the "
               "storage driver 'devicemapper'";
    }
    if (layers::filesystem_magic(state_dir) == layers::kOverlayMagic) {
        return "the state directory '" + state_dir +
               "' lies on overlayfs itself, which can't hold overlay layers; keep it on ext4, xfs "
               "or btrfs (in a container: on a volume)";
    }
    return layers::try_directory(state_dir,
                                 [&](const base::Dir& dir) { return try_layer(state_dir, dir); });
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

} // namespace berth::overlay
