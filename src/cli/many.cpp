// SPDX-License-Identifier: LGPL-2.1-or-later
#include "many.hpp"

#include "bus_json.hpp"
#include "container_row.hpp"
#include "options.hpp"
#include "report.hpp"

#include <cstdio>
#include <deque>
#include <optional>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

void declare(Options& options, Selection& selection) {
    options.flag("-a,--all", selection.all, "All containers");
    options.list("-f,--filter", "KEY=VALUE", selection.filters,
                 "All that pass a filter, as of berth ps");
    options.need(0, SIZE_MAX);
}

struct Pending {
    std::string name;
    bus::Slot slot;
    std::optional<bus::Message> reply;
    std::string error;
};

} // namespace

std::vector<std::string> selected(Client& client, const std::vector<std::string>& names,
                                  const Selection& selection, const std::string& state) {
    if (!selection.all && selection.filters.empty()) {
        if (names.empty())
            throw UsageError("name at least one container, or give --all",
                             UsageError::kBadArguments);
        return names;
    }
    if (!names.empty())
        throw UsageError("--all and --filter go without names", UsageError::kBadArguments);
    std::vector<nlohmann::json> rows;
    for (const auto& row :
         client.manager("ListContainers", bus::Dict{{"all", true}}).read<std::vector<bus::Dict>>())
        rows.push_back(to_json(row));
    std::vector<std::string> found;
    for (const auto& row :
         filtered_containers(rows, parse_filters(selection.filters, container_filter_keys()))) {
        if (state.empty() || row.value("state", "") == state)
            found.push_back(row.value("name", ""));
    }
    return found;
}

int call_each(Client& client, const std::vector<std::string>& names, const char* method,
              const std::function<void(bus::Message&)>& append) {
    std::deque<Pending> all;
    for (const auto& name : names) {
        auto& pending = all.emplace_back();
        pending.name = name;
        try {
            auto request = client.new_call(client.container(name), kContainerInterface, method);
            append(request);
            pending.slot = client.bus().call_async(
                request, [&pending](bus::Message reply) { pending.reply = std::move(reply); },
                bus::kNoTimeout);
        } catch (const Error& error) {
            pending.error = error.what();
        }
    }
    int status = 0;
    for (auto& pending : all) {
        while (!pending.reply && pending.error.empty())
            client.event().turn(UINT64_MAX);
        status |= for_each({pending.name}, [&](const std::string& name) {
            if (!pending.error.empty()) throw Error(ErrorCode::NotFound, pending.error);
            Client::check(*pending.reply);
            std::puts(base::printable(name).c_str());
        });
    }
    return status;
}

int act_on_many(Client& client, const Arguments& arguments, const ManyVerb& verb) {
    Selection selection;
    Options options(verb.verb, "CONTAINER...", verb.summary);
    declare(options, selection);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    return call_each(client, selected(client, *names, selection, verb.state), verb.method,
                     [](bus::Message& request) { request.append(bus::Dict()); });
}

int stop_many(Client& client, const Arguments& arguments, const ManyVerb& verb) {
    Selection selection;
    std::optional<std::string> seconds;
    std::optional<std::string> signal;
    Options options(verb.verb, "CONTAINER...", verb.summary);
    options.value("-t,--timeout,--time", "SECONDS", seconds,
                  "How long each has before SIGKILL; -1: for ever (default: the container's, 10)");
    options.value("-s,--signal", "SIGNAL", signal, "Send this one first");
    declare(options, selection);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    bus::Dict request;
    if (seconds) {
        const auto number = base::parse_number(*seconds, 1U << 30U);
        if (!number && *seconds != "-1")
            throw UsageError("invalid value '" + base::printable(*seconds) +
                             "' for --timeout: it takes seconds, or -1");
        request.set("timeout_usec", number ? *number * 1'000'000 : UINT64_MAX);
    }
    request.set_if("signal", signal);
    return call_each(client, selected(client, *names, selection, "running"), verb.method,
                     [&](bus::Message& message) { message.append(request); });
}

int remove_each(Client& client, const Arguments& arguments, const RemoveVerb& verb) {
    bool force = false;
    Options options(verb.verb, verb.operands, verb.summary);
    options.flag("-f,--force", force, "Don't complain of those that are not there");
    options.need(1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    const auto how = force ? bus::Dict{{"force", true}} : bus::Dict();
    return for_each(*names, [&](const std::string& name) {
        client.manager(verb.method, name, how);
        std::puts(base::printable(name).c_str());
    });
}

} // namespace berth::cli
