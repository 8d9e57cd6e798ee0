// SPDX-License-Identifier: LGPL-2.1-or-later
#include "import.hpp"

#include <image/changes.hpp>
#include <image/new_image.hpp>
#include <image/unpacked_stream.hpp>
#include <spec/platform.hpp>

namespace berth::image {

spec::JobResult import_image(Engine& engine, const spec::ImportRequest& request, int tar_fd) {
    const auto names = names_for_new(request.reference);
    const auto platform = spec::parse_platform(request.platform);
    spec::ImageConfig config{.created = current_time(),
                             .architecture = platform.architecture,
                             .os = platform.os,
                             .variant = platform.variant};
    for (const auto& change : request.changes)
        apply_change(config, change);

    const auto layer =
        pack_layer([&](int out) { copy_unpacked(tar_fd, out); }, false, engine.progress);
    config.diff_ids = {layer.diff};
    config.history = {{.created = config.created,
                       .comment = request.message.empty() ? "Imported from -" : request.message}};
    spec::JobResult result{.ok = true};
    result.images.push_back(
        make_image(engine, spec::dump_image_config(config), config.diff_ids, {layer.blob}, false));
    result.images.back().references = names;
    return result;
}

} // namespace berth::image
