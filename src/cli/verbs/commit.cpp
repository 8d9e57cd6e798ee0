// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_result.hpp"
#include "job.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "verb.hpp"

#include <cstdio>

#include <base/file.hpp>

namespace berth::cli {

int commit(Client& client, const Arguments& arguments) {
    std::optional<std::string> author;
    std::optional<std::string> message;
    std::vector<std::string> changes;
    std::string iidfile;
    bool pause = true;
    bool no_pause = false;
    bool quiet = false;
    Options options("commit", "CONTAINER [NAME[:TAG]]", "Make an image of a container's changes");
    options.value("-a,--author", "NAME", author, "Author of the image");
    options.value("-m,--message", "TEXT", message, "Note in the history");
    options.list("-c,--change", "INSTRUCTION", changes,
                 "Dockerfile instruction, as 'CMD [\"sh\"]'");
    options.flag("-p,--pause", pause, "Freeze the container meanwhile");
    options.flag("--no-pause", no_pause, "Don't freeze the container");
    options.value("--iidfile", "FILE", iidfile, "Write the image's ID to a file");
    options.flag("-q,--quiet", quiet, "Don't show the progress");
    options.need(1, 2);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    bus::Dict request{{"pause", pause && !no_pause}};
    request.set_if("author", author);
    request.set_if("message", message);
    if (!changes.empty()) request.set("changes", changes);
    const std::string path = client.container((*names)[0]);
    const auto result =
        follow_job(client,
                   client.new_call(path, kContainerInterface, "Commit",
                                   names->size() > 1 ? (*names)[1] : std::string(), request),
                   {"commit", quiet, stderr});
    const std::string id = result_image_id(result);
    if (!iidfile.empty()) {
        OutputFile file(iidfile);
        base::write_all(file.fd().get(), id);
        file.keep();
    }
    std::puts(id.c_str());
    return 0;
}

} // namespace berth::cli
