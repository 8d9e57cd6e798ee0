// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_names.hpp"

#include <algorithm>

#include <base/strings.hpp>
#include <bus/errors.hpp>
#include <container/image_lookup.hpp>
#include <container/state.hpp>
#include <daemon/garbage.hpp>
#include <daemon/job_images.hpp>
#include <spec/reference.hpp>

namespace berth::daemon {

namespace {

bool is_digest_name(const std::string& reference) {
    return reference.find('@') != std::string::npos;
}

std::vector<std::string> tags_of(store::Store& store, const Digest& id) {
    auto names = store.references(id);
    names.erase(std::remove_if(names.begin(), names.end(), is_digest_name), names.end());
    return names;
}

[[noreturn]] void throw_in_use(const store::ImageRecord& image, const store::ContainerRecord& user,
                               const char* how) {
    throw bus::NamedError(bus::kInUse, "cannot remove image " + image.id.brief() + ": container " +
                                           user.name + " " + how);
}

// Forced or not, a container that runs keeps its image.
void check_containers(container::Engine& engine, const store::ImageRecord& image, bool force) {
    for (const auto& user : engine.store().containers_of_image(image.id)) {
        const auto unit = engine.units().status(user.unit);
        if (container::is_active(container::condition_of(user, unit).state)) {
            throw_in_use(image, user, "runs it; stop that one first");
        }
        if (!force)
            throw_in_use(image, user, "was made from it; remove that one first, or use force");
    }
}

void untag(store::Store& store, const std::string& reference, std::vector<Removed>& removed) {
    if (store.remove_reference(reference)) removed.emplace_back("untagged", reference);
}

// The names by digest go with the last tag of their repository.
void untag_digests(store::Store& store, const Digest& id, const std::string& repository,
                   std::vector<Removed>& removed) {
    for (const std::string& reference : store.references(id)) {
        if (is_digest_name(reference) && reference.starts_with(repository + "@")) {
            untag(store, reference, removed);
        }
    }
}

bool has_tag_in(store::Store& store, const Digest& id, const std::string& repository) {
    const auto tags = tags_of(store, id);
    return std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
        return spec::parse_reference(tag).name() == repository;
    });
}

void check_id_removal(store::Store& store, const store::ImageRecord& image, bool force) {
    const auto tags = tags_of(store, image.id);
    if (tags.size() > 1 && !force) {
        throw bus::NamedError(bus::kInUse, "image " + image.id.brief() + " has the names " +
                                               base::join(tags, ", ") +
                                               "; remove them one by one, or use force");
    }
}

void delete_image(container::Engine& engine, const store::ImageRecord& image,
                  const RemoveImage& request, std::vector<Removed>& removed) {
    for (const std::string& reference : engine.store().references(image.id)) {
        untag(engine.store(), reference, removed);
    }
    engine.store().remove_image(image.id);
    removed.emplace_back("deleted", image.id.str());
    if (!request.prune_parents) return;
    for (const std::string& layer : collect_layers(engine))
        removed.emplace_back("deleted", layer);
    collect_blobs(engine);
}

} // namespace

TaggedImage tag(store::Store& store, const std::string& source, const std::string& target) {
    const auto image = container::find_image(store, source);
    const auto reference = spec::parse_reference(target).with_default_tag();
    if (reference.digest) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + target + "' has a digest: a name to give has a tag");
    }
    store.set_reference(reference.canonical(), image.id);
    return {image.id, reference.canonical()};
}

spec::SaveRequest saved_images(store::Store& store, const std::vector<std::string>& names) {
    spec::SaveRequest request;
    for (const std::string& name : names) {
        const auto found = container::find_image_by(store, name);
        auto known = std::find_if(request.images.begin(), request.images.end(),
                                  [&](const auto& image) { return image.id == found.record.id; });
        if (known == request.images.end()) {
            request.images.push_back(job_image(store, found.record.id));
            known = std::prev(request.images.end());
            known->references.clear();
        }
        if (!found.reference.empty() && !is_digest_name(found.reference)) {
            known->references.push_back(found.reference);
        }
    }
    return request;
}

std::vector<Removed> remove_image_name(container::Engine& engine, const RemoveImage& request) {
    const auto lock = engine.lock_images();
    store::Store& store = engine.store();
    const auto [image, reference] = container::find_image_by(store, request.name);
    std::vector<Removed> removed;
    if (reference.empty()) {
        check_id_removal(store, image, request.force);
        check_containers(engine, image, request.force);
        delete_image(engine, image, request, removed);
        return removed;
    }
    const auto tags = tags_of(store, image.id);
    const bool last = tags.empty() || (tags.size() == 1 && tags[0] == reference);
    if (last) {
        check_containers(engine, image, request.force);
        delete_image(engine, image, request, removed);
        return removed;
    }
    untag(store, reference, removed);
    const std::string repository = spec::parse_reference(reference).name();
    if (!has_tag_in(store, image.id, repository))
        untag_digests(store, image.id, repository, removed);
    return removed;
}

} // namespace berth::daemon
