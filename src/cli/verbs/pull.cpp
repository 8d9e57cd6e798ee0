// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_pull.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <base/strings.hpp>

namespace berth::cli {

int pull(Client& client, const Arguments& arguments) {
    PullStyle style;
    Options options("pull", "NAME[:TAG|@DIGEST]", "Download an image from a registry");
    options.value("--platform", "OS/ARCH", style.platform, "Which one of an image for many");
    options.flag("-a,--all-tags", style.all_tags, "All tags that the repository has");
    options.flag("-q,--quiet", style.quiet, "Print nothing but the name");
    options.accepted("--disable-content-trust");
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    for (const auto& reference : pull_images(client, names->front(), style))
        std::puts(base::printable(reference).c_str());
    return 0;
}

} // namespace berth::cli
