// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bear.hpp"

#include <exception>
#include <string_view>

#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/id_map.hpp>

namespace berth::run {

namespace {

std::uint64_t clone_flags(const Launch& launch) {
    auto flags = launch.namespaces.fresh;
    if (launch.makes_cgroup_namespace_late()) flags &= ~static_cast<std::uint64_t>(CLONE_NEWCGROUP);
    return flags;
}

/// Says the new process's id, or why there is none; in the process between.
void clone_between(const Launch& launch, const std::function<void()>& become, int answer) noexcept {
    try {
        join_user_namespace(launch.namespaces);
        join_for_children(launch.namespaces, launch.bundle.lnx);
        const auto child = clone_process(CLONE_PARENT | clone_flags(launch), -1, [&] {
            ::close(answer);
            become();
        });
        base::write_all(answer, std::to_string(child.pid));
    } catch (const std::exception& error) {
        const std::string_view text = error.what();
        static_cast<void>(::write(answer, text.data(), text.size()) < 0);
    }
    ::_exit(0);
}

/// The namespaces of a container that joins a user namespace have to belong to that one: a process
/// between enters it first. Both are children of the same parent.
Child clone_in_user_namespace(const Launch& launch, Parent parent,
                              const std::function<void()>& become) {
    auto pipe = base::make_pipe();
    const std::uint64_t sibling = parent == Parent::OfCaller ? CLONE_PARENT : 0;
    const auto between =
        clone_process(sibling, -1, [&] { clone_between(launch, become, pipe.write.get()); });
    pipe.write.reset();
    const auto answer = base::read_all(pipe.read.get(), 4096, "the process id");
    if (parent == Parent::Caller) ::waitpid(between.pid, nullptr, 0);
    const auto pid = base::parse_number(answer, INT32_MAX);
    if (!pid) throw Error(ErrorCode::Denied, answer);
    Child child{static_cast<pid_t>(*pid), {}};
    child.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
    if (!child.pidfd) throw_errno("cannot hold the container's process");
    return child;
}

Child clone_directly(const Launch& launch, Parent parent, const std::function<void()>& become) {
    auto flags = clone_flags(launch);
    if (parent == Parent::OfCaller) flags |= CLONE_PARENT;
    join_for_children(launch.namespaces, launch.bundle.lnx);
    auto child = clone_process(flags, -1, become);
    leave_for_children(launch.namespaces);
    return child;
}

} // namespace

Birth bear_container(const Launch& launch, const Additions& additions, Parent parent,
                     const std::function<void(pid_t)>& place) {
    auto channel = make_channel();
    const auto become = [&] {
        channel.helper.close();
        become_container(launch, channel.child, additions);
    };
    auto child = launch.namespaces.makes_in_joined_user()
                     ? clone_in_user_namespace(launch, parent, become)
                     : clone_directly(launch, parent, become);
    Birth birth(std::move(child), std::move(channel.helper));
    if (launch.namespaces.is_fresh(CLONE_NEWUSER)) map_ids(birth.pid(), launch.bundle.lnx);
    if (launch.placed_by_helper) place(birth.pid());
    if (launch.waits_for_place()) birth.channel().say(Word::Placed);
    return birth;
}

} // namespace berth::run
