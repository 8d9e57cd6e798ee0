// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pull.hpp"

#include <image/blobs.hpp>
#include <image/layers.hpp>
#include <image/resolve.hpp>
#include <spec/reference.hpp>

namespace berth::image {

namespace {

/// The name it was pulled by, and the name that says exactly what was pulled.
std::vector<std::string> names_of(const spec::Reference& reference, const Digest& resolved) {
    std::vector<std::string> names;
    spec::Reference tagged = reference;
    tagged.digest.reset();
    if (!reference.digest && !tagged.tag.empty()) names.push_back(tagged.canonical());
    tagged.tag.clear();
    tagged.digest = resolved;
    names.push_back(tagged.canonical());
    return names;
}

// As docker words it: the repository alone, and a directory as it was named.
std::string place_of(const spec::Reference& reference) {
    return reference.repository.empty() ? reference.familiar_name() : reference.repository;
}

/// Adds one image to the result.
void pull_one(Engine& engine, RegistrySession& session, const spec::Reference& reference,
              const std::string& platform, spec::JobResult& result) {
    engine.progress.report(reference.tag_or_digest(), "Pulling from " + place_of(reference), 0, 0);
    const auto image = resolve_image(session, reference.tag_or_digest(), platform);
    const auto wanted = wanted_layers(image.config.diff_ids, image.manifest.layers);
    const bool known = has_blob(image.digest);
    auto installed =
        install_layers(engine, wanted, [&] { return engine.places.open(reference, false); });
    const Digest manifest = write_blob(image.manifest_bytes);

    if (!image.warning.empty()) result.warnings.push_back(image.warning);
    result.images.push_back({.id = image.manifest.config.digest,
                             .manifest = manifest,
                             .resolved = image.resolved,
                             .references = names_of(reference, image.resolved),
                             .layers = std::move(installed.layers),
                             .up_to_date = known && installed.up_to_date});
}

std::vector<std::string> all_tags(RegistrySession& session, const spec::Reference& reference) {
    if (!reference.tag.empty() || reference.digest) {
        throw Error(ErrorCode::InvalidArgument,
                    "all tags are asked for, so '" + reference.familiar() +
                        "' can't name one; leave the tag or digest out");
    }
    auto tags = session.list_tags();
    std::erase_if(tags, [](const std::string& tag) { return !spec::is_tag(tag); });
    if (tags.empty()) {
        throw Error(ErrorCode::NotFound, "'" + reference.familiar() + "' has no tags");
    }
    return tags;
}

} // namespace

spec::JobResult pull(Engine& engine, const spec::PullRequest& request) {
    spec::JobResult result{.ok = true};
    spec::Reference reference = spec::parse_reference(request.reference);
    const auto session = engine.places.open(reference, false);
    if (!request.all_tags) {
        pull_one(engine, *session, reference.with_default_tag(), request.platform, result);
        return result;
    }
    for (auto& tag : all_tags(*session, reference)) {
        reference.tag = std::move(tag);
        pull_one(engine, *session, reference, request.platform, result);
    }
    return result;
}

} // namespace berth::image
