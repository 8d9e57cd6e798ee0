// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "report.hpp"
#include "verb.hpp"

namespace berth::cli {
namespace {

int exists(const std::string& name, std::string (Client::*find)(const std::string&),
           Client& client) {
    try {
        static_cast<void>((client.*find)(name));
        return 0;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return kFailed;
    }
}

} // namespace

int container_exists(Client& client, const Arguments& arguments) {
    Options options("container exists", "CONTAINER",
                    "Exit with 0 when there is such a container, with 1 when there is none");
    options.need(1, 1);
    const auto names = options.parse(arguments);
    return names ? exists(names->front(), &Client::container, client) : 0;
}

int image_exists(Client& client, const Arguments& arguments) {
    Options options("image exists", "IMAGE",
                    "Exit with 0 when there is such an image, with 1 when there is none");
    options.need(1, 1);
    const auto names = options.parse(arguments);
    return names ? exists(names->front(), &Client::image, client) : 0;
}

} // namespace berth::cli
