// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stdio.hpp"

#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr const char* kJournalSocket = "/run/systemd/journal/stdout";

bool is_journal(int fd) {
    const char* stream = ::secure_getenv("JOURNAL_STREAM");
    struct stat status {};
    if (stream == nullptr || ::fstat(fd, &status) < 0) return false;
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

bool is_null_device(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

/// The protocol of systemd-journald's stdout socket: seven lines, then the messages.
base::Fd open_stream(const std::string& identifier, const std::string& unit, int priority) {
    base::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::char_traits<char>::copy(static_cast<char*>(address.sun_path), kJournalSocket,
                                 std::char_traits<char>::length(kJournalSocket));
    if (!fd ||
        ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
        throw_errno("cannot reach the journal");
    }
    ::shutdown(fd.get(), SHUT_RD);
    base::write_all(fd.get(),
                    identifier + "\n" + unit + "\n" + std::to_string(priority) + "\n0\n0\n0\n0\n");
    return fd;
}

} // namespace

JournalStreams open_journal_streams(const std::string& identifier, const std::string& unit) {
    JournalStreams streams;
    if (is_journal(1)) streams.out = open_stream(identifier, unit, 6);
    if (is_journal(2)) streams.err = open_stream(identifier, unit, 3);
    return streams;
}

void use_streams(const JournalStreams& streams) {
    if (streams.out && ::dup2(streams.out.get(), 1) < 0) throw_errno("cannot use the journal");
    if (streams.err && ::dup2(streams.err.get(), 2) < 0) throw_errno("cannot use the journal");
}

void own_pipes(unsigned uid) {
    for (const int fd : {0, 1, 2}) {
        struct stat status {};
        struct statfs filesystem {};
        if (::fstat(fd, &status) < 0 || !S_ISFIFO(status.st_mode) || status.st_uid == uid) continue;
        if (::fstatfs(fd, &filesystem) < 0 || filesystem.f_type != PIPEFS_MAGIC) continue;
        static_cast<void>(::fchown(fd, uid, static_cast<gid_t>(-1)) == 0);
    }
}

void use_own_null(const base::Dir& root) {
    const base::Fd own(
        ::openat(root.fd(), "dev/null", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!is_null_device(own.get())) return;
    for (const int fd : {0, 1, 2}) {
        if (!is_null_device(fd)) continue;
        if (::dup2(own.get(), fd) < 0) throw_errno("cannot use the container's /dev/null");
    }
}

void reset_signals() {
    for (int number = 1; number < NSIG; ++number) {
        ::signal(number, SIG_DFL);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

} // namespace berth::run
