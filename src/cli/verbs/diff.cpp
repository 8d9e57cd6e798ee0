// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "table.hpp"
#include "verb.hpp"

#include <cstdio>

namespace berth::cli {

int diff(Client& client, const Arguments& arguments) {
    Options options("diff", "CONTAINER",
                    "List the files a container added (A), changed (C) and deleted (D)");
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    auto reply =
        client.on(client.container(names->front()), kContainerInterface, "Changes", bus::Dict());
    for (const auto& [kind, path] : reply.read<std::vector<std::pair<std::string, std::string>>>())
        std::printf("%s %s\n", kind.c_str(), safe_output(path).c_str());
    return 0;
}

} // namespace berth::cli
