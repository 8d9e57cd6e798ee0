// SPDX-License-Identifier: LGPL-2.1-or-later
#include "human.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verb.hpp"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

struct PruneVerb {
    const char* command;
    const char* summary;
    std::vector<std::string> kinds;
    const char* warning; ///< what will go, for the question
    bool images = false; ///< has --all
    bool system = false; ///< has --volumes
};

bool confirmed(const PruneVerb& verb) {
    std::printf("WARNING! This will remove %s.\n", verb.warning);
    std::fflush(stdout);
    if (::isatty(STDIN_FILENO) == 0)
        throw UsageError("there is no terminal to ask on: give --force to remove without asking");
    const std::string answer =
        base::to_lower(read_answer("Are you sure you want to continue? [y/N] "));
    return answer == "y" || answer == "yes";
}

// The time is told by this machine's clock; berthd takes seconds.
std::string absolute(const std::string& filter) {
    if (!filter.starts_with("until=")) return filter;
    return "until=" + std::to_string(parse_time(filter.substr(6), now_usec()) / 1'000'000);
}

int prune(Client& client, const Arguments& arguments, PruneVerb verb) {
    bool force = false;
    bool all = false;
    bool volumes = false;
    std::vector<std::string> filters;
    Options options(verb.command, "", verb.summary);
    options.flag("-f,--force", force, "Don't ask");
    if (verb.images) options.flag("-a,--all", all, "Images without containers too");
    if (verb.system) options.flag("--volumes", volumes, "Anonymous volumes too");
    options.list("--filter", "KEY=VALUE", filters, "Only some: until=TIME, label=KEY[=VALUE]");
    if (!options.parse(arguments)) return 0;
    if (!force && !confirmed(verb)) return 0;
    if (volumes) verb.kinds.emplace_back("volumes");
    bus::Dict request;
    if (all) request.set("all", true);
    std::transform(filters.begin(), filters.end(), filters.begin(), absolute);
    if (!filters.empty()) request.set("filters", filters);
    auto reply = client.manager("Prune", verb.kinds, request);
    for (const auto& removed : reply.read<bus::Strings>())
        std::puts(base::printable(removed).c_str());
    std::printf("Total reclaimed space: %s\n", human_size(reply.read<std::uint64_t>()).c_str());
    return 0;
}

} // namespace

int container_prune(Client& client, const Arguments& arguments) {
    return prune(client, arguments,
                 {"container prune",
                  "Remove containers that have ended",
                  {"containers"},
                  "all stopped containers"});
}

int image_prune(Client& client, const Arguments& arguments) {
    return prune(client, arguments,
                 {"image prune",
                  "Remove images without a name",
                  {"images"},
                  "all dangling images (with --all: all without a container)",
                  true});
}

int volume_prune(Client& client, const Arguments& arguments) {
    return prune(client, arguments,
                 {"volume prune",
                  "Remove anonymous volumes that no container uses",
                  {"volumes"},
                  "anonymous volumes that no container uses"});
}

int network_prune(Client& client, const Arguments& arguments) {
    return prune(client, arguments,
                 {"network prune",
                  "Remove networks in which no container has a place",
                  {"networks"},
                  "all networks not used by a container"});
}

int system_prune(Client& client, const Arguments& arguments) {
    return prune(client, arguments,
                 {"system prune",
                  "Remove what nothing uses",
                  {"containers", "images", "networks"},
                  "all stopped containers, unused networks and dangling images",
                  true,
                  true});
}

} // namespace berth::cli
