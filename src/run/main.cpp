// SPDX-License-Identifier: LGPL-2.1-or-later
// berth-runner: what the units of containers and execs start, by way of the trampoline berth-run.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include <unistd.h>

#include <base/file.hpp>
#include <base/lock.hpp>
#include <base/log.hpp>
#include <run/channel.hpp>
#include <run/container_files.hpp>
#include <run/exec.hpp>
#include <run/start.hpp>
#include <store/tree.hpp>

namespace {

namespace base = berth::base;
using berth::run::kExitEngine;

/// For the journal. A client that lent its own standard error is told by the daemon instead.
void report(const std::string& message) {
    if (std::getenv("JOURNAL_STREAM") != nullptr || ::isatty(STDERR_FILENO) == 1) {
        berth::log::error("%s", message.c_str());
    }
}

int start(const std::string& argument) {
    const berth::ContainerId id(argument);
    const auto fail = [&](int code, const std::string& message) {
        berth::run::record_start_error(id, code, message);
        report(message);
        return code;
    };
    base::Fd starting; // until what there is to say about it has been written
    try {
        starting = base::lock_path(berth::store::container_dir(id), base::LockKind::Exclusive);
        berth::run::start_container(id);
        return 0;
    } catch (const berth::run::StartError& error) {
        return fail(error.exit_code(), error.what());
    } catch (const std::exception& error) {
        return fail(kExitEngine, error.what());
    }
}

int exec(const std::string& path) {
    const auto fail = [&](int code, const std::string& message) {
        berth::run::record_exec_error(path, code, message);
        report(message);
        return code;
    };
    base::Fd starting;
    try {
        starting = base::lock_path(path, base::LockKind::Exclusive);
        berth::run::exec_in_container(path);
        return 0;
    } catch (const berth::run::StartError& error) {
        return fail(error.exit_code(), error.what());
    } catch (const std::exception& error) {
        return fail(kExitEngine, error.what());
    }
}

int usage() {
    std::fputs("usage: berth-run start ID | stopped ID | exec FILE\n"
               "systemd starts it by the units of containers; see berth(1)\n",
               stderr);
    return kExitEngine;
}

} // namespace

int main(int count, char** arguments) {
    try {
        if (count != 3) return usage();
        const std::string_view verb = arguments[1];
        if (verb == "start") return start(arguments[2]);
        if (verb == "exec") return exec(arguments[2]);
        return usage();
    } catch (const std::exception& error) {
        berth::log::error("%s", error.what());
        return kExitEngine;
    }
}
