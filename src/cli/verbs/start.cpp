// SPDX-License-Identifier: LGPL-2.1-or-later
#include "attach_streams.hpp"
#include "detach_keys.hpp"
#include "exit_watch.hpp"
#include "many.hpp"
#include "options.hpp"
#include "report.hpp"
#include "session.hpp"
#include "verb.hpp"

namespace berth::cli {
namespace {

struct StartFlags {
    bool attach = false;
    bool interactive = false;
    bool sig_proxy = true;
    std::string detach_keys = kDefaultDetachKeys;
};

int start_in_front(Client& client, const std::string& name, const StartFlags& flags) {
    const std::string path = client.container(name);
    const auto properties = client.properties(path, kContainerInterface);
    const bool tty = properties.get_or<bool>("Tty", false);
    check_terminal(tty, flags.interactive);
    Stdio stdio({flags.interactive, true, true});
    bus::Dict request;
    if (tty) {
        request.set("attach", true);
        add_terminal_size(request);
    } else {
        stdio.add_to(request);
    }
    Session session(client, flags.sig_proxy ? forwarded_signals() : std::vector<int>{});
    ExitWatch exits(client);
    auto reply = session.call(client.new_call(path, kContainerInterface, "Start", request));
    request = {};
    if (tty)
        session.use_terminal(take_terminal(reply.read<bus::Dict>()), flags.interactive,
                             flags.detach_keys);
    else
        session.use_stdio(stdio);
    session.on_signal(kill_on_signal(client, path));
    return exits.wait(session, path, properties.get_or<std::string>("Id", ""));
}

} // namespace

int start(Client& client, const Arguments& arguments) {
    StartFlags flags;
    Selection selection;
    Options options("start", "CONTAINER...", "Start containers");
    options.flag("-a,--attach", flags.attach, "Stay in front of it until it ends");
    options.flag("-i,--interactive", flags.interactive, "Connect standard input as well");
    options.flag("--sig-proxy", flags.sig_proxy, "Hand signals on to the container");
    options.value("--detach-keys", "KEYS", flags.detach_keys,
                  "Keys that leave it running (default ctrl-p,ctrl-q)");
    options.flag("--all", selection.all, "All that don't run");
    options.list("-f,--filter", "KEY=VALUE", selection.filters,
                 "All that pass a filter, as of berth ps");
    constexpr const char* kCheckpoint = "berth has no checkpoints";
    options.refused("--checkpoint", "NAME", kCheckpoint);
    options.refused("--checkpoint-dir", "DIR", kCheckpoint);
    options.need(0, SIZE_MAX);
    auto names = options.parse(arguments);
    if (!names) return 0;
    names = selected(client, *names, selection, selection.all ? "exited" : "");
    if (flags.attach || flags.interactive) {
        if (names->size() != 1)
            throw UsageError("only one container can be attached to", UsageError::kBadArguments);
        return run_guarded([&] { return start_in_front(client, names->front(), flags); });
    }
    return for_each(*names, [&](const std::string& name) {
        try {
            client.on(client.container(name), kContainerInterface, "Start", bus::Dict());
        } catch (const Error& error) {
            throw Error(error.code(), start_failure(error.what()).message);
        }
        std::puts(name.c_str());
    });
}

} // namespace berth::cli
