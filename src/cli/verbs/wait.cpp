// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "report.hpp"
#include "session.hpp"
#include "verb.hpp"

#include <cstdio>

namespace berth::cli {

int wait(Client& client, const Arguments& arguments) {
    std::string condition = "not-running";
    Options options("wait", "CONTAINER...",
                    "Wait until containers have ended and print their exit statuses");
    options.value("--condition", "CONDITION", condition,
                  "not-running (default), next-exit or removed");
    options.need(1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    return for_each(*names, [&](const std::string& name) {
        const std::string path = client.container(name);
        Session session(client, {});
        auto reply = session.wait([&] {
            return client.new_call(path, kContainerInterface, "Wait",
                                   bus::Dict{{"condition", condition}});
        });
        std::printf("%d\n", reply->read<std::int32_t>());
        std::fflush(stdout);
    });
}

} // namespace berth::cli
