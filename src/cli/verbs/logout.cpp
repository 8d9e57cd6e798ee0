// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "verb.hpp"

#include <cstdio>

#include <base/strings.hpp>

namespace berth::cli {

int logout(Client& client, const Arguments& arguments) {
    Options options("logout", "[REGISTRY]", "Forget how to log in to a registry");
    options.need(0, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    const std::string host = names->empty() ? "docker.io" : names->front();
    client.manager("Logout", host, bus::Dict());
    std::printf("Removing login credentials for %s\n", base::printable(host).c_str());
    return 0;
}

} // namespace berth::cli
