// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"
#include "list.hpp"
#include "options.hpp"
#include "report.hpp"
#include "verb.hpp"

#include <cstdio>

#include <berth_config.hpp>
#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {

int version(Client& client, const Arguments& arguments) {
    std::string format;
    Options options("version", "", "Show the versions of berth and of berthd");
    options.value("-f,--format", "FORMAT", format, "json or a Go template");
    if (!options.parse(arguments)) return 0;
    nlohmann::json object = {{"Client", {{"Version", BERTH_VERSION}}}};
    std::string failure;
    try {
        const auto info = client.manager("Info", bus::Dict()).read<bus::Dict>();
        object["Server"] = {{"Version", info.get_or<std::string>("version", "")}};
    } catch (const Error& error) {
        failure = error.what();
    }
    if (!format.empty()) {
        print_formatted(object, format);
    } else {
        std::printf("Client:\n Version: %s\n", BERTH_VERSION);
        if (failure.empty())
            std::printf("Server (berthd):\n Version: %s\n",
                        base::printable(object["Server"]["Version"].get<std::string>()).c_str());
    }
    if (failure.empty()) return 0;
    complain(failure);
    return kFailed;
}

} // namespace berth::cli
