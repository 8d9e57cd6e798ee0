// SPDX-License-Identifier: LGPL-2.1-or-later
#include "identity.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <berth/error.hpp>
#include <spec/capabilities.hpp>

namespace berth::run {

namespace {

using Mask = std::uint64_t;

struct Sets {
    Mask effective = 0;
    Mask permitted = 0;
    Mask inheritable = 0;
};

__user_cap_header_struct header() {
    return {_LINUX_CAPABILITY_VERSION_3, 0};
}

Sets get_sets() {
    auto head = header();
    std::array<__user_cap_data_struct, 2> data{};
    if (::syscall(SYS_capget, &head, data.data()) < 0) throw_errno("cannot read capabilities");
    const auto join = [](std::uint32_t low, std::uint32_t high) {
        return Mask{low} | Mask{high} << 32U;
    };
    return {join(data[0].effective, data[1].effective), join(data[0].permitted, data[1].permitted),
            join(data[0].inheritable, data[1].inheritable)};
}

void put_sets(const Sets& sets) {
    auto head = header();
    std::array<__user_cap_data_struct, 2> data{};
    for (unsigned half = 0; half < 2; ++half) {
        const auto part = [&](Mask mask) { return static_cast<std::uint32_t>(mask >> 32U * half); };
        data.at(half) = {part(sets.effective), part(sets.permitted), part(sets.inheritable)};
    }
    if (::syscall(SYS_capset, &head, data.data()) < 0) throw_errno("cannot set capabilities");
}

/// A name the specification allows and berth does not know is one this kernel has not either.
Mask mask_of(const std::vector<std::string>& names) {
    Mask mask = 0;
    for (const auto& name : names) {
        if (const auto number = spec::capability_number(name)) mask |= Mask{1} << *number;
    }
    return mask;
}

} // namespace

std::vector<std::string> unavailable_capabilities(const spec::CapabilitySets& sets) {
    const Mask present = get_sets().permitted;
    std::vector<std::string> missing;
    for (const auto* names :
         {&sets.bounding, &sets.effective, &sets.inheritable, &sets.permitted, &sets.ambient}) {
        for (const auto& name : *names) {
            const auto number = spec::capability_number(name);
            if (number && (present >> *number & 1U) != 0) continue;
            if (std::find(missing.begin(), missing.end(), name) == missing.end()) {
                missing.push_back(name);
            }
        }
    }
    return missing;
}

void limit_bounding_set(const spec::CapabilitySets& sets) {
    const Mask wanted = mask_of(sets.bounding);
    for (unsigned number = 0; number < 64; ++number) {
        if ((wanted >> number & 1U) != 0) continue;
        if (::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0) continue;
        if (errno == EINVAL) return; // past the kernel's last one
        if (::prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 0) continue;
        throw_errno("cannot drop a capability from the bounding set");
    }
}

bool may_set_groups(const std::string& process) {
    const auto path = "/proc/" + process + "/setgroups";
    const base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return !fd || base::read_all(fd.get(), 64, path).compare(0, 4, "deny") != 0;
}

void become_user(const Identity& identity, bool may_set_groups) {
    if (may_set_groups && ::setgroups(identity.groups.size(), identity.groups.data()) < 0) {
        throw_errno("cannot set the supplementary groups");
    }
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0) throw_errno("cannot keep capabilities");
    if (::setresgid(identity.gid, identity.gid, identity.gid) < 0) {
        throw_errno("cannot become group " + std::to_string(identity.gid));
    }
    if (::setresuid(identity.uid, identity.uid, identity.uid) < 0) {
        throw_errno("cannot become user " + std::to_string(identity.uid));
    }
}

void raise_capabilities() {
    auto sets = get_sets();
    sets.effective = sets.permitted;
    put_sets(sets);
}

void set_capabilities(const spec::CapabilitySets& sets) {
    const auto present = get_sets();
    Sets wanted;
    // What the runner itself has not it can't give: berth in a container or a small virtual
    // machine.
    wanted.permitted = mask_of(sets.permitted) & present.permitted;
    wanted.effective = mask_of(sets.effective) & wanted.permitted;
    wanted.inheritable = mask_of(sets.inheritable) & present.permitted;
    put_sets(wanted);
    ::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) {
        throw_errno("cannot clear the ambient capabilities");
    }
    const Mask ambient = mask_of(sets.ambient) & wanted.permitted & wanted.inheritable;
    for (unsigned number = 0; number < 64; ++number) {
        if ((ambient >> number & 1U) == 0) continue;
        if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) < 0) {
            throw_errno("cannot raise an ambient capability");
        }
    }
}

} // namespace berth::run
