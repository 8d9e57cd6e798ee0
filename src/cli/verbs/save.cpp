// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "refused_flags.hpp"
#include "verb.hpp"

namespace berth::cli {

int save(Client& client, const Arguments& arguments) {
    std::string output;
    Options options("save", "IMAGE...", "Write images as a tar archive, for berth load");
    options.value("-o,--output", "FILE", output, "Write to a file, not to standard output");
    refuse_platform(options);
    options.need(1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    OutputFile file(output);
    static_cast<void>(follow_job(client,
                                 client.new_call(bus::kRootPath, bus::kManagerInterface,
                                                 "SaveImages", *names, file.fd(), bus::Dict()),
                                 {"save", true}));
    file.keep();
    return 0;
}

} // namespace berth::cli
