// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "verb.hpp"

namespace berth::cli {

int export_container(Client& client, const Arguments& arguments) {
    std::string output;
    Options options("export", "CONTAINER", "Write a container's file system as a tar archive");
    options.value("-o,--output", "FILE", output, "Write to a file, not to standard output");
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    const std::string path = client.container(names->front());
    OutputFile file(output);
    static_cast<void>(follow_job(
        client, client.new_call(path, kContainerInterface, "Export", file.fd(), bus::Dict()),
        {"export", true}));
    file.keep();
    return 0;
}

} // namespace berth::cli
