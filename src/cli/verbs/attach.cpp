// SPDX-License-Identifier: LGPL-2.1-or-later
#include "attach_streams.hpp"
#include "detach_keys.hpp"
#include "exit_watch.hpp"
#include "human.hpp"
#include "log_stream.hpp"
#include "options.hpp"
#include "report.hpp"
#include "session.hpp"
#include "verb.hpp"

#include <sys/epoll.h>
#include <unistd.h>

namespace berth::cli {
namespace {

struct AttachFlags {
    bool no_stdin = false;
    bool sig_proxy = true;
    std::string detach_keys = kDefaultDetachKeys;
};

// A container without a terminal writes to the journal: what it writes from now on is followed
// there, and standard input goes to its own.
int attach_to_output(Client& client, const std::string& path, const bus::Dict& result,
                     Session& session, ExitWatch& exits, const std::string& id) {
    LogStream logs(client, path, {.follow = true, .since = now_usec()});
    logs.attach(client.event());
    InputCopy input(result.get_or<bus::SharedFd>("stdin", nullptr));
    input.attach(client.event());
    session.on_signal(kill_on_signal(client, path));
    const int status = exits.wait(session, path, id);
    logs.finish();
    return status;
}

int attach_to(Client& client, const std::string& name, const AttachFlags& flags) {
    const std::string path = client.container(name);
    const auto properties = client.properties(path, kContainerInterface);
    if (properties.get_or<std::string>("State", "") != "running")
        throw Error(ErrorCode::Busy, "container '" + name + "' is not running: 'berth start -a " +
                                         name + "' starts it in front of you");
    const auto id = properties.get_or<std::string>("Id", "");
    const bool tty = properties.get_or<bool>("Tty", false);
    check_terminal(tty, !flags.no_stdin);
    Session session(client, flags.sig_proxy ? forwarded_signals() : std::vector<int>{});
    ExitWatch exits(client);
    auto reply = session.call(client.new_call(path, kContainerInterface, "Attach", bus::Dict()));
    auto result = reply.read<bus::Dict>();
    if (flags.no_stdin) result.set("stdin", bus::SharedFd());
    if (!tty) return attach_to_output(client, path, result, session, exits, id);
    session.use_terminal(take_terminal(result), !flags.no_stdin, flags.detach_keys);
    session.on_signal(kill_on_signal(client, path));
    return exits.wait(session, path, id);
}

} // namespace

int attach(Client& client, const Arguments& arguments) {
    AttachFlags flags;
    Options options("attach", "CONTAINER", "Connect to a running container");
    options.flag("--no-stdin", flags.no_stdin, "Don't connect standard input");
    options.flag("--sig-proxy", flags.sig_proxy, "Hand signals on to the container");
    options.value("--detach-keys", "KEYS", flags.detach_keys,
                  "Keys that leave it running (default ctrl-p,ctrl-q)");
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    static_cast<void>(DetachKeys(flags.detach_keys));
    return attach_to(client, names->front(), flags);
}

} // namespace berth::cli
