// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_pull.hpp"

#include "image_result.hpp"
#include "job.hpp"

#include <utility>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

// What a finished pull says of one image.
struct Pulled {
    std::string reference;
    std::string digest;
    bool up_to_date = false;
};

Pulled read_pulled(const bus::Dict& image, const std::string& asked) {
    Pulled pulled{asked, {}, false};
    const auto references = image.get_or<bus::Strings>("references", {});
    if (!references.empty()) pulled.reference = references.front();
    pulled.digest = image.get_or<std::string>("digest", image.get_or<std::string>("manifest", ""));
    pulled.up_to_date = image.get_or<bool>("up_to_date", false);
    return pulled;
}

void tell(const Pulled& pulled, std::FILE* out) {
    if (!pulled.digest.empty()) std::fprintf(out, "Digest: %s\n", pulled.digest.c_str());
    std::fprintf(out, "Status: %s for %s\n",
                 pulled.up_to_date ? "Image is up to date" : "Downloaded newer image",
                 base::printable(pulled.reference).c_str());
}

} // namespace

std::string with_default_tag(const std::string& reference) {
    const std::size_t slash = reference.rfind('/');
    const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
    if (reference.find_first_of(":@", name) != std::string::npos) return reference;
    return reference + ":latest";
}

std::vector<std::string> pull_images(Client& client, const std::string& reference,
                                     const PullStyle& style) {
    bus::Dict options;
    if (!style.platform.empty()) options.set("platform", style.platform);
    if (style.all_tags) options.set("all_tags", true);
    auto request =
        client.new_call(bus::kRootPath, bus::kManagerInterface, "PullImage", reference, options);
    const bool untagged = !style.all_tags && reference != with_default_tag(reference);
    if (!style.quiet && style.out == stdout && untagged)
        std::fprintf(style.out, "Using default tag: latest\n");
    const auto result = follow_job(client, std::move(request), {"pull", style.quiet, style.out});
    std::vector<std::string> references;
    for (const auto& image : result_images(result)) {
        const Pulled pulled = read_pulled(image, with_default_tag(reference));
        references.push_back(pulled.reference);
        if (!style.quiet) tell(pulled, style.out);
    }
    return references;
}

std::string pull_image(Client& client, const std::string& reference, const PullStyle& style) {
    return pull_images(client, reference, style).at(0);
}

} // namespace berth::cli
