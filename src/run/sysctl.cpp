// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sysctl.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr std::array<const char*, 9> kIpc{
    "kernel/msgmax", "kernel/msgmnb",          "kernel/msgmni",
    "kernel/sem",    "kernel/shmall",          "kernel/shmmax",
    "kernel/shmmni", "kernel/shm_rmid_forced", "kernel/auto_msgmni"};

/// The file below /proc/sys: dots and slashes change places if the first separator is a dot.
std::string file_of(const std::string& name) {
    std::string file = name;
    const auto first = file.find_first_of("./");
    if (first == std::string::npos || file[first] == '/') return file;
    for (char& c : file)
        c = c == '.' ? '/' : c == '/' ? '.' : c;
    return file;
}

bool is_plain(const std::string& file) {
    constexpr const char* kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
    return !file.empty() && file.size() <= 256 &&
           file.find_first_not_of(kLetters) == std::string::npos && file.front() != '/' &&
           file.find("..") == std::string::npos && file.find("//") == std::string::npos;
}

bool starts_with(const std::string& text, const char* prefix) {
    return text.rfind(prefix, 0) == 0;
}

bool is_allowed(const Namespaces& own, const std::string& file) {
    if (std::find(kIpc.begin(), kIpc.end(), file) != kIpc.end() ||
        starts_with(file, "fs/mqueue/")) {
        return own.is_own(CLONE_NEWIPC);
    }
    if (starts_with(file, "net/")) return own.is_own(CLONE_NEWNET);
    if (file == "kernel/domainname" || file == "kernel/hostname") return own.is_own(CLONE_NEWUTS);
    if (starts_with(file, "user/")) return own.is_own(CLONE_NEWUSER);
    return false;
}

} // namespace

void check_sysctls(const Launch& launch) {
    for (const auto& [name, value] : launch.bundle.lnx.sysctl) {
        const auto file = file_of(name);
        if (!is_plain(file) || !is_allowed(launch.namespaces, file)) {
            throw Error(ErrorCode::InvalidArgument,
                        "sysctl '" + name.substr(0, 100) +
                            "' does not belong to a namespace of the container's own, and would "
                            "change the host");
        }
        if (value.find('\n') != std::string::npos || value.size() > 4096) {
            throw Error(ErrorCode::InvalidArgument,
                        "the value of sysctl '" + name + "' is not a single line");
        }
    }
}

void write_sysctls(const Launch& launch, const base::Dir& procfs) {
    for (const auto& [name, value] : launch.bundle.lnx.sysctl) {
        const auto fd = procfs.find_file("sys/" + file_of(name), O_WRONLY);
        if (!fd) throw Error(ErrorCode::NotFound, "this kernel has no sysctl '" + name + "'");
        if (::write(fd->get(), value.data(), value.size()) < 0) {
            throw_errno("cannot set sysctl '" + name + "' to '" + value + "'");
        }
    }
}

} // namespace berth::run
