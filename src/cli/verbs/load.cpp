// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_row.hpp"
#include "job.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "verb.hpp"

#include <cstdio>

#include <base/strings.hpp>

namespace berth::cli {

int load(Client& client, const Arguments& arguments) {
    std::string input;
    bool quiet = false;
    std::optional<std::string> platform;
    Options options("load", "", "Read images from a tar archive of berth save, docker or OCI");
    options.value("-i,--input", "FILE", input, "Read a file, not standard input");
    options.flag("-q,--quiet", quiet, "Don't show the progress");
    options.value("--platform", "OS/ARCH", platform, "Which ones of images for many");
    if (!options.parse(arguments)) return 0;
    bus::Dict request;
    request.set_if("platform", platform);
    const base::Fd tar = open_input(input, "standard input is a terminal: give -i FILE, or send "
                                           "an archive to standard input");
    const auto result = follow_job(
        client, client.new_call(bus::kRootPath, bus::kManagerInterface, "LoadImages", tar, request),
        {"load", quiet});
    for (const auto& image : result.get_or<std::vector<bus::Dict>>("images", {})) {
        const auto references = image.get_or<bus::Strings>("references", {});
        for (const auto& reference : references)
            std::printf("Loaded image: %s\n", base::printable(familiar(reference)).c_str());
        if (references.empty())
            std::printf("Loaded image ID: %s\n", image.get_or<std::string>("id", "").c_str());
    }
    return 0;
}

} // namespace berth::cli
