// SPDX-License-Identifier: LGPL-2.1-or-later
#include "volume.hpp"

#include <array>

#include <fcntl.h>
#include <linux/fs.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/mount.hpp>
#include <berth/error.hpp>

extern char** environ; // NOLINT(readability-redundant-declaration)

namespace berth::devicemapper {

namespace {

// Source: fs/ext4/ext4.h; xfs_fs.h. Neither is in the headers Debian's libc has.
constexpr unsigned long kExt4Resize = _IOW('f', 16, std::uint64_t);
struct XfsGrow {
    std::uint64_t blocks;
    std::uint32_t largest_inode_percent;
};
constexpr unsigned long kXfsGrow = _IOW('X', 110, XfsGrow);
constexpr std::uint32_t kXfsInodePercent = 25;

/// Runs a program of the system and waits for it.
void run(std::vector<std::string> command) {
    std::vector<char*> arguments;
    for (auto& word : command)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t process = -1;
    const int failure =
        ::posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) throw_errno("cannot start '" + command[0] + "'; is it installed?", failure);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    throw Error(ErrorCode::Io, "'" + command[0] + "' failed on '" + command.back() + "'");
}

} // namespace

MountStep volume_step(const std::string& device, Filesystem filesystem, Access access) {
    MountStep step;
    step.filesystem = filesystem_type(filesystem);
    step.source = device;
    step.read_only = access != Access::Write;
    step.frozen = access == Access::Frozen;
    const bool xfs = filesystem == Filesystem::Xfs;
    // A snapshot has the identity of its origin.
    if (xfs) step.options.emplace_back("nouuid", "");
    if (access == Access::Frozen) {
        step.options.emplace_back(xfs ? "norecovery" : "noload", "");
    } else {
        step.options.emplace_back("discard", ""); // what is deleted goes back to the pool
        // A device reads as zeros where nothing was written: tables need no writing ahead.
        if (!xfs) step.options.emplace_back("noinit_itable", "");
    }
    return step;
}

void make_filesystem(const std::string& device, Filesystem filesystem) {
    if (filesystem == Filesystem::Xfs) {
        return run({"mkfs.xfs", "-q", "-f", "-K", "-m", "reflink=1", device});
    }
    // Tables of inodes are written when they are used, so that an empty layer takes little.
    run({"mkfs.ext4", "-q", "-F", "-m", "0", "-E",
         "nodiscard,lazy_itable_init=1,lazy_journal_init=1", device});
    const base::Dir root(
        base::open_mounted({{volume_step(device, filesystem, Access::Write)}}, "/"));
    root.remove_tree("lost+found");
}

void enlarge_filesystem(int root, Filesystem filesystem, std::uint64_t bytes) {
    struct statfs status {};
    if (::fstatfs(root, &status) < 0) throw_errno("cannot ask about a layer's file system");
    const auto blocks = bytes / static_cast<std::uint64_t>(status.f_bsize);
    XfsGrow grow{blocks, kXfsInodePercent};
    const int result = filesystem == Filesystem::Xfs ? ::ioctl(root, kXfsGrow, &grow)
                                                     : ::ioctl(root, kExt4Resize, &blocks);
    if (result < 0) throw_errno("cannot enlarge a layer's file system");
}

} // namespace berth::devicemapper
