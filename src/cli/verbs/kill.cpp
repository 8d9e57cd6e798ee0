// SPDX-License-Identifier: LGPL-2.1-or-later
#include "many.hpp"
#include "options.hpp"
#include "verb.hpp"

namespace berth::cli {

int kill(Client& client, const Arguments& arguments) {
    std::string signal = "KILL";
    Selection selection;
    Options options("kill", "CONTAINER...", "Send a signal to containers");
    options.value("-s,--signal", "SIGNAL", signal, "Name or number (default KILL)");
    options.flag("-a,--all", selection.all, "All that run");
    options.need(0, SIZE_MAX);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    return call_each(client, selected(client, *names, selection, "running"), "Kill",
                     [&](bus::Message& request) { request.append(signal, bus::Dict()); });
}

} // namespace berth::cli
