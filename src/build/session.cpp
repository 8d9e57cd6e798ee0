// SPDX-License-Identifier: LGPL-2.1-or-later
#include "session.hpp"

#include <variant>

#include <base/hash.hpp>
#include <image/blobs.hpp>
#include <image/new_image.hpp>
#include <image/pull.hpp>
#include <spec/manifest.hpp>

namespace berth::build {

namespace {

constexpr std::string_view kKeyVersion = "berth build 1";

} // namespace

spec::JobImage Session::image(const std::string& name, const std::string& platform) {
    if (auto known = host.find_image(name)) {
        const auto config =
            spec::parse_image_config(image::read_blob(known->id, spec::kConfigLimit));
        const spec::Platform offered{config.os, config.architecture, config.variant};
        if (platform.empty() || spec::platform_distance(spec::parse_platform(platform), offered)) {
            return *known;
        }
    }
    output.line("Pulling " + name);
    auto result = image::pull(engine, {.reference = name, .platform = platform});
    pulled.push_back(result.images.at(0));
    return pulled.back();
}

std::string Session::made() const {
    return spec::dump_job_result({.ok = true, .images = pulled, .steps = steps});
}

void Session::add_layer(StageState& stage, const std::string& inputs,
                        const std::function<spec::JobLayer()>& make) {
    const auto parent = stage.stack.top();
    std::string whole(kKeyVersion);
    whole += '\n' + engine.driver + '\n' + (parent ? parent->str() : "") + '\n' + inputs;
    const std::string key = base::sha256(whole).str().substr(sizeof("sha256:") - 1);
    auto found = request.no_cache ? std::nullopt : host.find_step(key);
    cached = found && is_whole(engine, *found);
    const spec::JobLayer layer = cached ? *found : make();
    steps.push_back({.key = key, .layer = layer, .parent = parent});
    stage.stack.push(layer);
    stage.config.config.diff_ids = stage.stack.diff_ids();
}

void note_history(StageState& stage, const std::string& text, bool empty_layer) {
    stage.config.config.history.push_back(
        {.created = image::current_time(), .created_by = text, .empty_layer = empty_layer});
}

StageState state_of_image(const spec::JobImage& image, char escape) {
    StageState stage{.config = {.config = spec::parse_image_config(
                                    image::read_blob(image.id, spec::kConfigLimit)),
                                .escape = escape},
                     .stack = {.layers = image.layers}};
    const auto parsed =
        spec::parse_manifest(image::read_blob(image.manifest, spec::kManifestLimit), "");
    if (const auto* manifest = std::get_if<spec::ImageManifest>(&parsed)) {
        stage.stack.docker = manifest->is_docker();
    }
    return stage;
}

} // namespace berth::build
