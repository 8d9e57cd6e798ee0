// SPDX-License-Identifier: LGPL-2.1-or-later
#include "protected_exec.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include <berth_config.hpp>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace berth::run {

namespace {
constexpr int kExitEngine = 125;
} // namespace

void fail_exec(const char* what) {
    const char* cause = ::strerrordesc_np(errno);
    for (const char* part : {"berth: cannot ", what, " the runner: ", cause, "\n"}) {
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, part, std::strlen(part));
    }
    ::_exit(kExitEngine);
}

const char* program_path(const char* name, char* buffer, unsigned long size) {
    const char* dir = ::secure_getenv("BERTH_LIBEXEC_DIR");
    if (dir == nullptr || *dir == '\0') dir = BERTH_LIBEXEC_DIR;
    if (std::strlen(dir) + std::strlen(name) + 2 > size) {
        errno = ENAMETOOLONG;
        fail_exec("find");
    }
    std::strcpy(buffer, dir);
    std::strcat(buffer, "/");
    std::strcat(buffer, name);
    return buffer;
}

void protected_exec(const char* name, char** arguments, char** environment) {
    char buffer[4096];
    const char* path = program_path(name, buffer, sizeof buffer);
    const int mount = ::open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (mount < 0 && errno == EPERM && ::geteuid() != 0) {
        ::execve(path, arguments, environment);
        fail_exec("start");
    }
    if (mount < 0) fail_exec("open");
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    if (::mount_setattr(mount, "", AT_EMPTY_PATH, &attributes, sizeof attributes) < 0) {
        fail_exec("protect");
    }
    ::syscall(SYS_execveat, mount, "", arguments, environment, AT_EMPTY_PATH);
    fail_exec("start");
}

} // namespace berth::run
