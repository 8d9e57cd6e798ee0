// SPDX-License-Identifier: LGPL-2.1-or-later
#include "probe.hpp"

#include <array>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/handle.hpp>
#include <base/random.hpp>
#include <base/rollback.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::overlay {

namespace {

// Source: linux/magic.h and each file system's own header.
constexpr std::uint64_t kOverlayMagic = 0x794c7630;
constexpr std::array<std::pair<std::uint64_t, const char*>, 12> kMagics{{
    {0xef53, "extfs"},
    {0x58465342, "xfs"},
    {0x9123683e, "btrfs"},
    {0x01021994, "tmpfs"},
    {kOverlayMagic, "overlayfs"},
    {0x6969, "nfs"},
    {0xf2f52010, "f2fs"},
    {0x2fc12fc1, "zfs"},
    {0xca451a4e, "bcachefs"},
    {0x65735546, "fuse"},
    {0x61756673, "aufs"},
    {0x4d44, "vfat"},
}};

std::uint64_t magic_of(const std::string& path) {
    struct statfs status {};
    if (::statfs(path.c_str(), &status) < 0) throw_errno("cannot ask about '" + path + "'");
    return static_cast<std::uint64_t>(status.f_type) & 0xffffffffU;
}

/// Opening a context loads the module where that is allowed.
bool kernel_has_overlay() {
    const base::Fd context(::fsopen("overlay", FSOPEN_CLOEXEC));
    if (context) return true;
    return base::read_file("/proc/filesystems").find("\toverlay\n") != std::string::npos;
}

bool tells_entry_types(const base::Dir& dir) {
    const base::Handle<DIR, ::closedir> stream(::opendir(base::fd_path(dir.fd()).c_str()));
    if (!stream) throw_errno("cannot list a directory");
    while (const dirent* entry = ::readdir(stream.get())) {
        if (entry->d_type == DT_UNKNOWN) return false;
    }
    return true;
}

/// The sentence for a call that failed; none if it only may not be asked by this process.
std::string problem(const std::string& state_dir, const std::string& lack) {
    if (errno == EPERM || errno == EACCES) return {};
    return "the file system of '" + state_dir + "' (" + filesystem_name(state_dir) + ") " + lack +
           ": " + std::strerror(errno) + "; keep the state directory on ext4, xfs or btrfs";
}

std::string try_directory(const std::string& state_dir) {
    const auto dir = base::Dir::open(state_dir);
    const std::string name = ".probe." + base::random_hex(4);
    base::Rollback undo;
    const auto inner = dir.make_dirs(name, 0700);
    undo.add([&] { base::remove_tree(dir.fd(), name); });
    static_cast<void>(inner.open_file("file", O_CREAT | O_WRONLY, 0600));
    if (!tells_entry_types(inner)) {
        errno = EOPNOTSUPP;
        return problem(state_dir, "does not tell the types of directory entries (d_type; for xfs: "
                                  "mkfs.xfs -n ftype=1)");
    }
    if (::fsetxattr(inner.fd(), "trusted.overlay.opaque", "y", 1, 0) < 0) {
        return problem(state_dir, "can't keep trusted extended attributes");
    }
    if (::mknodat(inner.fd(), "whiteout", S_IFCHR, makedev(0, 0)) < 0) {
        return problem(state_dir, "can't keep device nodes, which mark deletions");
    }
    return {};
}

std::string find_problem(const std::string& state_dir) {
    if (!kernel_has_overlay()) {
        return "this kernel has no overlayfs (CONFIG_OVERLAY_FS, module 'overlay'); use the "
               "storage "
               "driver 'devicemapper'";
    }
    if (magic_of(state_dir) == kOverlayMagic) {
        return "the state directory '" + state_dir +
               "' lies on overlayfs itself, which can't hold overlay layers; keep it on ext4, xfs "
               "or btrfs (in a container: on a volume)";
    }
    return try_directory(state_dir);
}

} // namespace

std::string filesystem_name(const std::string& path) {
    const std::uint64_t magic = magic_of(path);
    for (const auto& [number, name] : kMagics) {
        if (number == magic) return name;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "type 0x%llx", static_cast<unsigned long long>(magic));
    return text.data();
}

Probe probe(const std::string& state_dir) {
    try {
        const std::string reason = find_problem(state_dir);
        return {reason.empty(), reason};
    } catch (const Error& error) {
        return {false, std::string("cannot try the state directory: ") + error.what()};
    }
}

} // namespace berth::overlay
