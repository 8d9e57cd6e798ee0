// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_row.hpp"
#include "options.hpp"
#include "refused_flags.hpp"
#include "report.hpp"
#include "verb.hpp"

#include <cstdio>
#include <set>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

void print_removed(const std::vector<std::pair<std::string, std::string>>& removed) {
    for (const auto& [kind, what] : removed) {
        const bool untagged = kind == "untagged";
        std::printf("%s: %s\n", untagged ? "Untagged" : "Deleted",
                    base::printable(untagged ? familiar(what) : what).c_str());
    }
}

} // namespace

int rmi(Client& client, const Arguments& arguments) {
    bool all = false;
    bool force = false;
    bool no_prune = false;
    bool ignore = false;
    Options options("rmi", "IMAGE...", "Remove names of images, and images that lose the last one");
    options.flag("-a,--all", all, "All images");
    options.flag("-f,--force", force, "Also when it has several names or ended containers");
    options.flag("--no-prune", no_prune, "Keep parents that lose their last name");
    options.flag("-i,--ignore", ignore, "Don't complain of those that are not there");
    refuse_platform(options);
    options.need(0, SIZE_MAX);
    auto names = options.parse(arguments);
    if (!names) return 0;
    if (all) {
        if (!names->empty())
            throw UsageError("--all goes without names", UsageError::kBadArguments);
        std::set<std::string> ids;
        for (const auto& row :
             client.manager("ListImages", bus::Dict()).read<std::vector<bus::Dict>>())
            ids.insert(row.get<std::string>("id"));
        names->assign(ids.begin(), ids.end());
    } else if (names->empty()) {
        throw UsageError("name at least one image, or give --all", UsageError::kBadArguments);
    }
    bus::Dict request;
    if (force || all) request.set("force", true);
    if (no_prune) request.set("no_prune", true);
    return for_each(*names, [&](const std::string& name) {
        try {
            print_removed(client.manager("RemoveImage", name, request)
                              .read<std::vector<std::pair<std::string, std::string>>>());
        } catch (const RemoteError& error) {
            if (!(ignore || force) || error.name() != "NoSuchImage") throw;
            if (!ignore) complain(error.what());
        }
    });
}

} // namespace berth::cli
