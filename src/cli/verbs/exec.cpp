// SPDX-License-Identifier: LGPL-2.1-or-later
#include "attach_streams.hpp"
#include "container_options.hpp"
#include "detach_keys.hpp"
#include "options.hpp"
#include "report.hpp"
#include "session.hpp"
#include "verb.hpp"

#include <cstdio>

namespace berth::cli {
namespace {

struct ExecFlags {
    bool detach = false;
    bool interactive = false;
    bool tty = false;
    bool privileged = false;
    std::optional<std::string> user;
    std::optional<std::string> workdir;
    std::vector<std::string> env;
    std::vector<std::string> env_files;
    std::string detach_keys = kDefaultDetachKeys;
};

bus::Dict request_of(const ExecFlags& flags) {
    bus::Dict request;
    if (flags.tty) {
        request.set("tty", true);
        add_terminal_size(request);
    }
    if (flags.detach) request.set("detach", true);
    if (flags.privileged) request.set("privileged", true);
    request.set_if("user", flags.user);
    request.set_if("cwd", flags.workdir);
    std::vector<std::string> env;
    for (const auto& file : flags.env_files) {
        for (auto& line : read_env_file(file))
            env.push_back(std::move(line));
    }
    for (auto& variable : resolve_env(flags.env))
        env.push_back(std::move(variable));
    if (!env.empty()) request.set("env", env);
    return request;
}

// Signals are not handed on: the command ends with us.
int exec_in(Client& client, const Arguments& words, const ExecFlags& flags) {
    const std::string path = client.container(words[0]);
    const std::vector<std::string> argv(words.begin() + 1, words.end());
    const StreamChoice streams{flags.interactive, true, true};
    if (!flags.detach) check_terminal(flags.tty, streams.in);
    auto request = request_of(flags);
    Stdio stdio(streams);
    if (!flags.tty && !flags.detach) stdio.add_to(request);
    Session session(client, {});
    auto reply = session.call(client.new_call(path, kContainerInterface, "Exec", argv, request));
    request = {};
    const auto id = reply.read<std::string>();
    const auto result = reply.read<bus::Dict>();
    if (flags.detach) return 0;
    if (flags.tty)
        session.use_terminal(take_terminal(result), streams.in, flags.detach_keys);
    else
        session.use_stdio(stdio);
    auto ended =
        session.wait([&] { return client.new_call(path, kContainerInterface, "WaitExec", id); });
    return ended ? ended->read<std::int32_t>() : 0;
}

} // namespace

int exec(Client& client, const Arguments& arguments) {
    ExecFlags flags;
    Options options("exec", "CONTAINER COMMAND [ARG...]", "Run a command in a running container");
    options.flag("-d,--detach", flags.detach, "Leave it in the background");
    options.flag("-i,--interactive", flags.interactive, "Keep standard input open");
    options.flag("-t,--tty", flags.tty, "Give it a terminal");
    options.list("-e,--env", "KEY[=VALUE]", flags.env, "Set an environment variable");
    options.list("--env-file", "FILE", flags.env_files, "Read environment variables from a file");
    options.value("-u,--user", "USER[:GROUP]", flags.user, "User to run as");
    options.value("-w,--workdir", "DIR", flags.workdir, "Directory to start in");
    options.flag("--privileged", flags.privileged, "Give it all the rights of the host");
    options.value("--detach-keys", "KEYS", flags.detach_keys,
                  "Keys that leave it running (default ctrl-p,ctrl-q)");
    options.stop_at_first_argument();
    options.need(2);
    const auto words = options.parse(arguments);
    if (!words) return 0;
    static_cast<void>(DetachKeys(flags.detach_keys));
    return run_guarded([&] { return exec_in(client, *words, flags); }, kFailed);
}

} // namespace berth::cli
