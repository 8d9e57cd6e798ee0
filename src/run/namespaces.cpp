// SPDX-License-Identifier: LGPL-2.1-or-later
#include "namespaces.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr int kCloneTime = 0x80; // CLONE_NEWTIME, which glibc 2.36 has not

struct Kind {
    spec::NamespaceType type;
    int flag;
    const char* name;
};

constexpr std::array<Kind, 8> kKinds{{
    {spec::NamespaceType::User, CLONE_NEWUSER, "user"},
    {spec::NamespaceType::Pid, CLONE_NEWPID, "pid"},
    {spec::NamespaceType::Ipc, CLONE_NEWIPC, "ipc"},
    {spec::NamespaceType::Uts, CLONE_NEWUTS, "uts"},
    {spec::NamespaceType::Network, CLONE_NEWNET, "network"},
    {spec::NamespaceType::Cgroup, CLONE_NEWCGROUP, "cgroup"},
    {spec::NamespaceType::Time, kCloneTime, "time"},
    {spec::NamespaceType::Mount, CLONE_NEWNS, "mount"},
}};

base::Fd open_namespace(const std::string& path, const Kind& kind) {
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) throw_errno("cannot open the " + std::string(kind.name) + " namespace '" + path + "'");
    struct statfs status {};
    if (::fstatfs(fd.get(), &status) < 0 || status.f_type != NSFS_MAGIC ||
        ::ioctl(fd.get(), NS_GET_NSTYPE) != kind.flag) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + path + "' is not a " + kind.name + " namespace");
    }
    return fd;
}

bool takes_effect_in_children(int flag) {
    return flag == CLONE_NEWPID || flag == kCloneTime;
}

void write_offsets(const spec::LinuxSection& section) {
    if (section.time_offsets.empty()) return;
    std::string text;
    for (const auto& [clock, offset] : section.time_offsets) {
        text += clock + " " + std::to_string(offset.seconds) + " " +
                std::to_string(offset.nanoseconds) + "\n";
    }
    const base::Fd fd(::open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC));
    if (!fd) throw_errno("cannot open /proc/self/timens_offsets");
    base::write_all(fd.get(), text);
}

void enter(const base::Fd& fd, int flag, const char* name) {
    if (::setns(fd.get(), flag) < 0) {
        throw_errno("cannot join the " + std::string(name) + " namespace");
    }
}

} // namespace

bool Namespaces::is_own(int flag) const noexcept {
    return is_fresh(flag) ||
           std::any_of(joined.begin(), joined.end(),
                       [&](const JoinedNamespace& item) { return item.flag == flag; });
}

Namespaces open_namespaces(const spec::LinuxSection& section) {
    Namespaces namespaces;
    for (const auto& kind : kKinds) {
        const auto* wanted = section.find(kind.type);
        if (wanted == nullptr) continue;
        if (!wanted->path.empty()) {
            namespaces.joined.push_back({open_namespace(wanted->path, kind), kind.flag});
        } else if (kind.flag == kCloneTime) {
            namespaces.fresh_time = true;
        } else {
            namespaces.fresh |= static_cast<std::uint64_t>(kind.flag);
        }
    }
    return namespaces;
}

void join_for_children(const Namespaces& namespaces, const spec::LinuxSection& section) {
    for (const auto& item : namespaces.joined) {
        if (takes_effect_in_children(item.flag)) enter(item.fd, item.flag, "pid or time");
    }
    if (!namespaces.fresh_time) return;
    if (::unshare(kCloneTime) < 0) throw_errno("cannot make a time namespace");
    write_offsets(section);
}

void leave_for_children(const Namespaces& namespaces) {
    for (const auto& item : namespaces.joined) {
        if (item.flag != CLONE_NEWPID) continue;
        const base::Fd own(::open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
        if (own) enter(own, CLONE_NEWPID, "pid");
    }
}

bool Namespaces::makes_in_joined_user() const noexcept {
    return fresh != 0 && !is_fresh(CLONE_NEWUSER) && is_own(CLONE_NEWUSER);
}

void join_user_namespace(const Namespaces& namespaces) {
    for (const auto& item : namespaces.joined) {
        if (item.flag == CLONE_NEWUSER) enter(item.fd, item.flag, "user");
    }
}

void join_in_child(const Namespaces& namespaces) {
    for (const auto& kind : kKinds) {
        for (const auto& item : namespaces.joined) {
            if (item.flag != kind.flag || takes_effect_in_children(item.flag)) continue;
            if (item.flag == CLONE_NEWUSER && namespaces.makes_in_joined_user()) continue;
            enter(item.fd, item.flag, kind.name);
        }
    }
}

} // namespace berth::run
