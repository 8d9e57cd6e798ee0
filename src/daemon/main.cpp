// SPDX-License-Identifier: LGPL-2.1-or-later
// berthd: the service behind org.berth1.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <berth_config.hpp>
#include <sys/stat.h>
#include <sysexits.h>

#include <base/log.hpp>
#include <base/strings.hpp>
#include <daemon/service.hpp>
#include <plugin/storage_choice.hpp>
#include <store/tree.hpp>
#include <systemd/sd-daemon.h>

namespace berth::daemon {

namespace {

constexpr const char* kUsage = "usage: berthd [--version]\n"
                               "The service of the container engine berth; systemd starts it when "
                               "somebody calls org.berth1 on the system bus.\n"
                               "environment: BERTH_IDLE_SECONDS  leave after so long without work "
                               "(default 60, 0: never)\n"
                               "             BERTH_DEBUG         say more\n";

std::uint64_t quiet_usec() {
    const char* text = std::getenv("BERTH_IDLE_SECONDS");
    if (text == nullptr) return ServiceOptions{}.quiet_usec;
    const auto seconds = base::parse_number(text, 86400);
    if (!seconds) {
        throw Error(ErrorCode::InvalidArgument, "BERTH_IDLE_SECONDS is no number of seconds");
    }
    return *seconds * 1'000'000;
}

// Before any thread is there: threads take over the mask.
void block_signals() {
    sigset_t ours;
    ::sigemptyset(&ours);
    ::sigaddset(&ours, SIGTERM);
    ::sigaddset(&ours, SIGINT);
    ::sigprocmask(SIG_BLOCK, &ours, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

/// As sysexits(3) has it; the unit does not start berthd again for it.
constexpr int kWrongSettings = EX_CONFIG;

/// What would fail every call fails the start instead, where the reason is looked for.
void check_settings() {
    store::make_tree();
    plugin::require_named_storage();
}

int serve() {
    block_signals();
    bus::Event event;
    auto connection = bus::Connection::open_system();
    connection.attach(event);
    Service service(event, connection, {.quiet_usec = quiet_usec()});
    service.recover();
    const auto terminate = event.add_signal(SIGTERM, [&service] { service.stop(); });
    const auto interrupt = event.add_signal(SIGINT, [&service] { service.stop(); });
    event.enable_watchdog();
    connection.request_name(bus::kServiceName);
    sd_notify(0, "READY=1\nSTATUS=Serving org.berth1");
    // The end of the loop flushes and closes the connection, before the service ends: whoever still
    // waits for something learns that berthd is gone and asks the next one.
    return event.run();
}

} // namespace

} // namespace berth::daemon

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
        std::puts("berthd " BERTH_VERSION);
        return EXIT_SUCCESS;
    }
    if (argc > 1) {
        std::fputs(berth::daemon::kUsage, stderr);
        return EXIT_FAILURE;
    }
    ::umask(0022);
    try {
        berth::daemon::check_settings();
    } catch (const std::exception& error) {
        berth::log::error("%s", error.what());
        return berth::daemon::kWrongSettings;
    }
    try {
        return berth::daemon::serve();
    } catch (const std::exception& error) {
        berth::log::error("%s", error.what());
        return EXIT_FAILURE;
    }
}
