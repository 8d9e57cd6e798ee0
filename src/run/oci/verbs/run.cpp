// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <run/channel.hpp>
#include <run/oci/foreground.hpp>
#include <run/oci/make_options.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<Option, 2> kOwn{{
    {"detach", 'd', "", "does not wait for the container's end"},
    {"keep", 0, "", "does not delete the container at its end"},
}};

constexpr auto kRunOptions = [] {
    std::array<Option, kMakeOptions.size() + kOwn.size()> all{};
    std::copy(kMakeOptions.begin(), kMakeOptions.end(), all.begin());
    std::copy(kOwn.begin(), kOwn.end(), all.begin() + kMakeOptions.size());
    return all;
}();

/// What is left of a container that did not start, or has ended.
void clean_up(const Globals& globals, const std::string& id) {
    const auto found = find_container(globals, id);
    kill_and_wait(found.state);
    destroy_container(found.dir, found.state);
}

int run(const Globals& globals, const Arguments& arguments) {
    auto request = make_request(arguments);
    const bool detach = arguments.is_on("detach");
    request.keeps_terminal = !detach && request.console_socket.empty();
    auto made = make_container(globals, request);
    try {
        start_container(made.dir, made.state);
    } catch (const StartError& error) {
        if (error.exit_code() != kExitEngine) clean_up(globals, request.id);
        throw;
    }
    if (detach) return 0;
    const int status = attend(made.pidfd, std::move(made.terminal));
    if (!arguments.is_on("keep")) clean_up(globals, request.id);
    return status;
}

} // namespace

const Verb kRunVerb{
    "run",       "CONTAINER", "create a container, start it, wait for its end, delete it",
    kRunOptions, Order::Any,  run};

} // namespace berth::run::oci
