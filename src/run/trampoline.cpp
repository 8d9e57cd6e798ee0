// SPDX-License-Identifier: LGPL-2.1-or-later
// berth-run: a few kilobytes that start the real runner from a read-only mount of its own, which
// exists only as long as the runner. A container sees the program that makes it as /proc/self/exe
// and could open it for writing once it runs as root; through this mount the kernel answers EROFS,
// whoever asks. A copy in memory would do the same at the price of a copy each start.
// Linked statically: this first of two execs then costs a fraction of a millisecond.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include <berth_config.hpp>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

constexpr int kExitEngine = 125;

[[noreturn]] void fail(const char* what) {
    const char* cause = ::strerrordesc_np(errno);
    for (const char* part : {"berth-run: cannot ", what, " the runner: ", cause, "\n"}) {
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, part, std::strlen(part));
    }
    ::_exit(kExitEngine);
}

/// In the directory that the environment of the unit names, where a test installed elsewhere.
const char* program_path(const char* name, char* buffer, std::size_t size) {
    const char* dir = ::secure_getenv("BERTH_LIBEXEC_DIR");
    if (dir == nullptr || *dir == '\0') dir = BERTH_LIBEXEC_DIR;
    if (std::strlen(dir) + std::strlen(name) + 2 > size) {
        errno = ENAMETOOLONG;
        fail("find");
    }
    std::strcpy(buffer, dir);
    std::strcat(buffer, "/");
    std::strcat(buffer, name);
    return buffer;
}

} // namespace

int main(int count, char** arguments, char** environment) {
    char buffer[4096];
    if (count > 1 && std::strcmp(arguments[1], "stopped") == 0) {
        // The container is gone: there is nobody to be protected from.
        ::execve(program_path("berth-stopped", buffer, sizeof buffer), arguments, environment);
        fail("start");
    }
    const char* path = program_path("berth-runner", buffer, sizeof buffer);
    const int mount = ::open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (mount < 0) fail("open");
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY;
    if (::mount_setattr(mount, "", AT_EMPTY_PATH, &attributes, sizeof attributes) < 0) {
        fail("protect");
    }
    ::syscall(SYS_execveat, mount, "", arguments, environment, AT_EMPTY_PATH);
    fail("start");
}
