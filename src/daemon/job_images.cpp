// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job_images.hpp"

#include <algorithm>

#include <base/time.hpp>
#include <container/image_lookup.hpp>
#include <plugin/storage_choice.hpp>
#include <spec/image_config.hpp>
#include <spec/reference.hpp>
#include <store/build_steps.hpp>

namespace berth::daemon {

namespace {

// The configuration is the job's word about the layers too: both must agree.
void check_layers(const spec::JobImage& image, const spec::ImageConfig& config) {
    const auto same = [](const spec::JobLayer& layer, const Digest& diff) {
        return layer.diff == diff;
    };
    if (!std::equal(image.layers.begin(), image.layers.end(), config.diff_ids.begin(),
                    config.diff_ids.end(), same)) {
        throw Error(ErrorCode::Corrupt,
                    "the layers of image " + image.id.brief() + " are not its configuration's");
    }
}

store::ImageRecord record_of(const spec::JobImage& image, const spec::ImageConfig& config) {
    store::ImageRecord record{.id = image.id, .manifest = image.manifest};
    record.created = base::parse_rfc3339(config.created).value_or(0);
    record.added = store::now();
    record.architecture = config.architecture;
    record.os = config.os;
    record.variant = config.variant;
    record.labels = config.labels;
    for (const auto& layer : image.layers)
        record.size += layer.size;
    return record;
}

// Its names, and those by digest that the registry would know it by.
std::vector<std::string> names_of(const spec::JobImage& image) {
    std::vector<std::string> names = image.references;
    if (!image.resolved) return names;
    for (const std::string& reference : image.references) {
        const auto parsed = spec::parse_reference(reference);
        if (!parsed.digest) names.push_back(parsed.name() + "@" + image.resolved->str());
    }
    return names;
}

} // namespace

void keep_images(store::Store& store, const spec::JobResult& result) {
    const std::string& driver = plugin::storage_driver();
    for (const spec::JobImage& image : result.images) {
        const spec::ImageConfig config = container::read_image_config(image.id);
        check_layers(image, config);
        std::vector<store::ImageLayer> layers;
        for (const auto& layer : image.layers) {
            layers.push_back({.chain = layer.chain,
                              .diff = layer.diff,
                              .size = layer.size,
                              .driver = driver,
                              .blob = layer.blob,
                              .media_type = layer.media_type,
                              .blob_size = layer.blob_size});
        }
        store.add_image(record_of(image, config), layers, names_of(image));
    }
    std::vector<store::BuildStep> steps;
    for (const auto& step : result.steps) {
        const auto& layer = step.layer;
        steps.push_back({.key = step.key,
                         .layer = {.chain = layer.chain,
                                   .diff = layer.diff,
                                   .size = layer.size,
                                   .driver = driver,
                                   .blob = layer.blob,
                                   .media_type = layer.media_type,
                                   .blob_size = layer.blob_size},
                         .parent = step.parent});
    }
    if (!steps.empty()) store::BuildSteps().add(steps);
}

spec::JobImage job_image(store::Store& store, const Digest& id) {
    const store::ImageRecord record = store.image(id);
    spec::JobImage image{.id = record.id, .manifest = record.manifest};
    image.references = store.references(id);
    for (const auto& layer : store.image_layers(id)) {
        image.layers.push_back({.chain = layer.chain,
                                .diff = layer.diff,
                                .blob = layer.blob,
                                .blob_size = layer.blob_size,
                                .size = layer.size,
                                .media_type = layer.media_type});
    }
    return image;
}

} // namespace berth::daemon
