// SPDX-License-Identifier: LGPL-2.1-or-later
#include "aside.hpp"

#include <ctime>

#include <sys/wait.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/rollback.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/bus_library.hpp>
#include <run/channel.hpp>
#include <run/clone.hpp>

namespace berth::run {

namespace {

/// The unified hierarchy's part of /proc/PID/cgroup.
std::string cgroup_of(pid_t pid) {
    const auto text = base::read_file("/proc/" + std::to_string(pid) + "/cgroup", 65536);
    for (const auto& line : base::split(text, '\n')) {
        if (line.compare(0, 3, "0::") == 0) return line.substr(3);
    }
    throw Error(ErrorCode::Unsupported, "this machine has no cgroup v2 hierarchy");
}

/// The copy's part.
void work_once_placed(const Channel& channel, const std::function<base::Fd()>& work) noexcept {
    try {
        channel.expect(Word::Placed);
        const base::Fd result = work();
        if (result) {
            channel.say_with(Word::Ready, result.get());
        } else {
            channel.say(Word::Ready);
        }
    } catch (const std::exception& error) {
        channel.say_failed(kExitEngine, error.what());
    }
}

} // namespace

std::string await_scope(const std::string& scope, pid_t pid) {
    constexpr timespec kPause{0, 2'000'000};
    for (int attempt = 0; attempt < 5000; ++attempt) {
        const auto place = cgroup_of(pid);
        if (place.ends_with("/" + scope)) return "/sys/fs/cgroup" + place;
        ::nanosleep(&kPause, nullptr);
    }
    throw Error(ErrorCode::Io,
                "systemd did not put the container's process into " + scope + " in time");
}

base::Fd run_aside(const ContainerId& id, const std::function<base::Fd()>& work) {
    auto channel = make_channel();
    const Child child = clone_process(0, -1, [&] {
        channel.helper.close();
        work_once_placed(channel.child, work);
        ::_exit(0);
    });
    channel.child.close();
    base::Rollback reap; // it ends when it is done, or when the channel closes
    reap.add([&] {
        channel.helper.close();
        ::waitpid(child.pid, nullptr, 0);
    });
    const std::string scope =
        "berth-devices-" + id.brief() + "-" + std::to_string(child.pid) + ".scope";
    start_scope(
        {scope, "system.slice", "Storage of container " + id.brief(), child.pid, UnitLimits{}});
    static_cast<void>(await_scope(scope, child.pid));
    channel.helper.say(Word::Placed);
    auto said = channel.helper.listen();
    if (said.word != Word::Ready) {
        throw Error(ErrorCode::Io, "the process that prepares the container's storage died");
    }
    return std::move(said.fd);
}

} // namespace berth::run
