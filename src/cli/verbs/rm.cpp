// SPDX-License-Identifier: LGPL-2.1-or-later
#include "many.hpp"
#include "options.hpp"
#include "report.hpp"
#include "verb.hpp"

namespace berth::cli {
namespace {

// A container that is not there is no failure with --force, which tells so, and with --ignore.
std::vector<std::string> existing(Client& client, const std::vector<std::string>& names,
                                  bool tell) {
    std::vector<std::string> found;
    for (const auto& name : names) {
        try {
            static_cast<void>(client.container(name));
            found.push_back(name);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::NotFound) throw;
            if (tell) complain(error.what());
        }
    }
    return found;
}

} // namespace

int rm(Client& client, const Arguments& arguments) {
    bool force = false;
    bool volumes = false;
    bool ignore = false;
    Selection selection;
    Options options("rm", "CONTAINER...", "Remove containers");
    options.flag("-f,--force", force, "Kill those that run");
    options.flag("-v,--volumes", volumes, "Remove their anonymous volumes too");
    options.flag("-a,--all", selection.all, "All containers");
    options.list("--filter", "KEY=VALUE", selection.filters,
                 "All that pass a filter, as of berth ps");
    options.flag("-i,--ignore", ignore, "Don't complain of those that are not there");
    options.refused("-l,--link", "", "links are not supported yet");
    options.need(0, SIZE_MAX);
    auto names = options.parse(arguments);
    if (!names) return 0;
    names = selected(client, *names, selection, "");
    if (ignore || force) names = existing(client, *names, !ignore);
    bus::Dict request;
    if (force) request.set("force", true);
    if (volumes) request.set("volumes", true);
    return call_each(client, *names, "Remove",
                     [&](bus::Message& message) { message.append(request); });
}

} // namespace berth::cli
