// SPDX-License-Identifier: LGPL-2.1-or-later
#include "filesystem.hpp"

#include <array>
#include <utility>

#include <sys/mount.h>
#include <sys/statfs.h>

#include <base/file.hpp>
#include <base/random.hpp>
#include <base/rollback.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>

namespace berth::layers {

namespace {

// Source: linux/magic.h and each file system's own header.
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
    {kAufsMagic, "aufs"},
    {0x4d44, "vfat"},
}};

} // namespace

std::uint64_t filesystem_magic(const std::string& path) {
    struct statfs status {};
    if (::statfs(path.c_str(), &status) < 0) throw_errno("cannot ask about '" + path + "'");
    return static_cast<std::uint64_t>(status.f_type) & 0xffffffffU;
}

std::string filesystem_name(const std::string& path) {
    const std::uint64_t magic = filesystem_magic(path);
    for (const auto& [number, name] : kMagics) {
        if (number == magic) return name;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "type 0x%llx", static_cast<unsigned long long>(magic));
    return text.data();
}

bool kernel_has_filesystem(const std::string& name) {
    const base::Fd context(::fsopen(name.c_str(), FSOPEN_CLOEXEC));
    if (context) return true;
    return base::read_file("/proc/filesystems").find("\t" + name + "\n") != std::string::npos;
}

std::string try_directory(const std::string& state_dir,
                          const std::function<std::string(const base::Dir&)>& trial) {
    const auto dir = base::Dir::open(state_dir);
    const std::string name = ".probe." + base::random_hex(4);
    base::Rollback undo;
    const auto inner = dir.make_dirs(name, 0700);
    undo.add([&] { base::remove_tree(dir.fd(), name); });
    return trial(inner);
}

std::string lack_of(const std::string& state_dir, const std::string& lack) {
    if (errno == EPERM || errno == EACCES) return {};
    return "the file system of '" + state_dir + "' (" + filesystem_name(state_dir) + ") " + lack +
           ": " + std::strerror(errno) + "; keep the state directory on ext4, xfs or btrfs";
}

} // namespace berth::layers
