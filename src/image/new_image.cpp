// SPDX-License-Identifier: LGPL-2.1-or-later
#include "new_image.hpp"

#include <chrono>

#include <base/time.hpp>
#include <image/blobs.hpp>
#include <image/deflate.hpp>
#include <image/layers.hpp>
#include <image/piped_producer.hpp>
#include <spec/reference.hpp>

namespace berth::image {

spec::JobImage make_image(Engine& engine, const std::string& config,
                          const std::vector<Digest>& diff_ids,
                          const std::vector<spec::Descriptor>& layers, bool docker) {
    auto installed = install_layers(engine, wanted_layers(diff_ids, layers), {});
    const Digest id = write_blob(config);
    const spec::ImageManifest manifest{
        .media_type = docker ? spec::media_type::kDockerManifest : spec::media_type::kOciManifest,
        .config = {.media_type =
                       docker ? spec::media_type::kDockerConfig : spec::media_type::kOciConfig,
                   .digest = id,
                   .size = config.size(),
                   .annotations = {}},
        .layers = layers};
    const Digest digest = write_blob(spec::dump_manifest(manifest));
    return {.id = id,
            .manifest = digest,
            .resolved = digest,
            .references = {},
            .layers = std::move(installed.layers)};
}

PackedLayer pack_layer(const std::function<void(int)>& produce, bool docker, Progress& progress) {
    progress.report("", "Compressing", 0, 0);
    NewBlob blob;
    PipedProducer producer(produce);
    const Deflated packed = deflate(producer.fd(), blob.fd());
    producer.finish();
    blob.keep(packed.digest);
    return {.blob = {.media_type = spec::layer_media_type(spec::Compression::Gzip, docker),
                     .digest = packed.digest,
                     .size = packed.size,
                     .annotations = {}},
            .diff = packed.diff_id};
}

std::string current_time() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return base::format_rfc3339(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

std::vector<std::string> names_for_new(const std::string& reference) {
    if (reference.empty()) return {};
    const auto parsed = spec::parse_reference(reference).with_default_tag();
    if (parsed.digest || parsed.plugin != "distribution") {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + reference + "' can't be the name of a new image; use NAME[:TAG]");
    }
    return {parsed.canonical()};
}

} // namespace berth::image
