// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_pull.hpp"
#include "job.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <cstdio>

#include <base/strings.hpp>

namespace berth::cli {

int push(Client& client, const Arguments& arguments) {
    bool all_tags = false;
    bool quiet = false;
    std::optional<std::string> platform;
    Options options("push", "NAME[:TAG]", "Upload an image to a registry");
    options.flag("-a,--all-tags", all_tags, "Upload all tags of the repository");
    options.value("--platform", "OS/ARCH", platform, "Which one of an image for many");
    options.flag("-q,--quiet", quiet, "Print nothing but the name");
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    const std::string& name = names->front();
    bus::Dict request;
    if (all_tags) request.set("all_tags", true);
    request.set_if("platform", platform);
    if (!quiet)
        std::printf("The push refers to repository [%s]\n",
                    base::printable(name.substr(0, with_default_tag(name).rfind(':'))).c_str());
    const auto result = follow_job(
        client, client.new_call(bus::kRootPath, bus::kManagerInterface, "PushImage", name, request),
        {"push", quiet});
    const auto digest = result.get_or<std::string>("digest", "");
    if (quiet)
        std::puts(base::printable(with_default_tag(name)).c_str());
    else if (!digest.empty())
        std::printf("digest: %s\n", digest.c_str());
    return 0;
}

} // namespace berth::cli
