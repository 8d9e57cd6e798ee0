// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_pull.hpp"
#include "image_row.hpp"
#include "job.hpp"
#include "options.hpp"
#include "refused_flags.hpp"
#include "verb.hpp"

#include <cstdio>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

// All names of images here that are tags of a repository.
std::vector<std::string> tags_of(Client& client, const std::string& repository) {
    std::vector<std::string> tags;
    for (const auto& row :
         client.manager("ListImages", bus::Dict()).read<std::vector<bus::Dict>>()) {
        for (const auto& tag : row.get_or<bus::Strings>("tags", {})) {
            if (split_reference(familiar(tag)).repository == familiar(repository))
                tags.push_back(familiar(tag));
        }
    }
    if (tags.empty())
        throw Error(ErrorCode::NotFound,
                    "no image here is named '" + base::printable(repository) + "'");
    return tags;
}

void push_one(Client& client, const std::string& name, bool quiet) {
    const auto result = follow_job(
        client,
        client.new_call(bus::kRootPath, bus::kManagerInterface, "PushImage", name, bus::Dict()),
        {"push", quiet});
    const auto digest = result.get_or<std::string>("digest", "");
    if (quiet)
        std::puts(base::printable(with_default_tag(name)).c_str());
    else if (!digest.empty())
        std::printf("%s: digest: %s\n", split_reference(with_default_tag(name)).tag.c_str(),
                    digest.c_str());
}

} // namespace

int push(Client& client, const Arguments& arguments) {
    bool all_tags = false;
    bool quiet = false;
    Options options("push", "NAME[:TAG]", "Upload an image to a registry");
    options.flag("-a,--all-tags", all_tags, "Upload all tags of the repository");
    options.flag("-q,--quiet", quiet, "Print nothing but the name");
    options.accepted("--disable-content-trust");
    refuse_platform(options);
    options.need(1, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    const std::string& name = names->front();
    const auto split = split_reference(name);
    if (all_tags && split.tag != "<none>")
        throw UsageError("--all-tags goes with a name that has no tag", UsageError::kBadArguments);
    if (!quiet)
        std::printf("The push refers to repository [%s]\n",
                    base::printable(split.repository).c_str());
    for (const auto& tag : all_tags ? tags_of(client, name) : std::vector<std::string>{name})
        push_one(client, tag, quiet);
    return 0;
}

} // namespace berth::cli
