// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netns.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <sched.h>

#include <base/file.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::netlink {

namespace {

base::Fd open_setting(const InterfaceSetting& setting, int flags) {
    const std::string path = std::string("/proc/sys/net/") + setting.family + "/conf/" +
                             setting.interface + "/" + setting.key;
    base::Fd fd(::open(path.c_str(), flags | O_CLOEXEC));
    if (!fd && errno != ENOENT) throw_errno("cannot open '" + path + "'");
    return fd;
}

} // namespace

InNetns::InNetns(int netns_fd) : before_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    if (!before_) throw_errno("cannot open the network namespace of this thread");
    if (::setns(netns_fd, CLONE_NEWNET) < 0) {
        throw_errno("cannot enter the container's network namespace");
    }
}

InNetns::~InNetns() {
    if (::setns(before_.get(), CLONE_NEWNET) == 0) return;
    log::error("cannot return from the container's network namespace");
    std::abort();
}

std::optional<std::string> read_setting(const InterfaceSetting& setting) {
    const base::Fd fd = open_setting(setting, O_RDONLY);
    if (!fd) return std::nullopt;
    return std::string(base::trim(base::read_all(fd.get(), 4096, setting.key)));
}

bool write_setting(const InterfaceSetting& setting, const std::string& value) {
    const auto current = read_setting(setting);
    if (!current) return false;
    if (*current == value) return true;
    try {
        base::write_all(open_setting(setting, O_WRONLY).get(), value);
    } catch (const Error& error) {
        throw with_context("cannot set " + std::string(setting.family) + ".conf." +
                               setting.interface + "." + setting.key,
                           error);
    }
    return true;
}

} // namespace berth::netlink
