// SPDX-License-Identifier: LGPL-2.1-or-later
#include "terminal.hpp"

#include <array>

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <base/mount.hpp>
#include <berth/error.hpp>
#include <run/target.hpp>

namespace berth::run {

namespace {

base::Fd open_master(const base::Dir& root) {
    const auto pts = open_verified(root, "/dev/pts", DEVPTS_SUPER_MAGIC, "a devpts");
    base::Fd master(::openat(pts.fd(), "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC));
    if (!master) throw_errno("cannot open a terminal in the container");
    struct stat status {};
    if (::fstat(master.get(), &status) < 0 || !S_ISCHR(status.st_mode) ||
        status.st_rdev != makedev(5, 2) || filesystem_type(master.get()) != DEVPTS_SUPER_MAGIC) {
        throw Error(ErrorCode::Denied, "/dev/pts/ptmx of the container is not a terminal master");
    }
    return master;
}

void set_size(int master, const spec::Process& process) {
    if (process.console_height == 0 && process.console_width == 0) return;
    winsize size{};
    size.ws_row = process.console_height;
    size.ws_col = process.console_width;
    if (::ioctl(master, TIOCSWINSZ, &size) < 0) throw_errno("cannot set the terminal's size");
}

} // namespace

Terminal open_terminal(const base::Dir& root, const spec::Process& process) {
    Terminal terminal{open_master(root), {}};
    int unlock = 0;
    if (::ioctl(terminal.master.get(), TIOCSPTLCK, &unlock) < 0) {
        throw_errno("cannot unlock the terminal");
    }
    terminal.slave.reset(
        ::ioctl(terminal.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!terminal.slave) throw_errno("cannot open the container's end of the terminal");
    set_size(terminal.master.get(), process);
    return terminal;
}

void show_console(const base::Dir& root, const Terminal& terminal) {
    const auto dev = make_plain_directory(root, "/dev");
    const base::Fd created(
        ::openat(dev.get(), "console", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!created && errno != EEXIST) throw_errno("cannot make /dev/console");
    const base::Fd target(::openat(dev.get(), "console", O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!target || ::fstat(target.get(), &status) < 0 || S_ISLNK(status.st_mode)) {
        throw Error(ErrorCode::Denied, "/dev/console of the container is a symbolic link");
    }
    const auto mount = base::clone_mount(terminal.slave.get(), "", false);
    base::attach_mount(mount.get(), target.get());
}

void take_terminal(const Terminal& terminal, uid_t owner) {
    if (::fchown(terminal.slave.get(), owner, static_cast<gid_t>(-1)) < 0 && errno != EPERM &&
        errno != EINVAL) {
        throw_errno("cannot give the terminal to its user");
    }
    if (::ioctl(terminal.slave.get(), TIOCSCTTY, 0) < 0) {
        throw_errno("cannot make the terminal the controlling one");
    }
    for (const int fd : {0, 1, 2}) {
        if (::dup2(terminal.slave.get(), fd) < 0) throw_errno("cannot use the terminal");
    }
}

} // namespace berth::run
