// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_result.hpp"
#include "job.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "verb.hpp"

#include <cstdio>

namespace berth::cli {

int import(Client& client, const Arguments& arguments) {
    std::vector<std::string> changes;
    std::optional<std::string> message;
    std::optional<std::string> platform;
    Options options("import", "FILE|- [NAME[:TAG]]",
                    "Make an image of a tar archive of a file system");
    options.list("-c,--change", "INSTRUCTION", changes,
                 "Dockerfile instruction, as 'CMD [\"sh\"]'");
    options.value("-m,--message", "TEXT", message, "Note in the history");
    options.value("--platform", "OS/ARCH", platform, "Platform of the image");
    options.need(1, 2);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    if ((*names)[0].starts_with("http://") || (*names)[0].starts_with("https://"))
        throw UsageError("berth import reads files: fetch it first, as in 'curl -fsSL URL | berth "
                         "import - NAME'");
    const base::Fd tar = open_input((*names)[0], "standard input is a terminal: name a FILE, or "
                                                 "send an archive to standard input");
    bus::Dict request;
    if (!changes.empty()) request.set("changes", changes);
    request.set_if("message", message);
    request.set_if("platform", platform);
    const auto result =
        follow_job(client,
                   client.new_call(bus::kRootPath, bus::kManagerInterface, "ImportImage", tar,
                                   names->size() > 1 ? (*names)[1] : std::string(), request),
                   {"import", true});
    std::puts(result_image_id(result).c_str());
    return 0;
}

} // namespace berth::cli
