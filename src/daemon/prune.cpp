// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prune.hpp"

#include <algorithm>

#include <base/log.hpp>
#include <base/strings.hpp>
#include <base/time.hpp>
#include <container/disk_usage.hpp>
#include <container/list.hpp>
#include <container/network_change.hpp>
#include <container/remove.hpp>
#include <container/volumes.hpp>
#include <daemon/garbage.hpp>
#include <store/build_steps.hpp>

namespace berth::daemon {

namespace {

constexpr std::uint64_t kSecond = 1'000'000;
constexpr std::uint64_t kMaxSeconds = INT64_MAX / kSecond;

using Labels = std::map<std::string, std::string>;

store::Usec parse_until(const std::string& text) {
    if (const auto seconds = base::parse_number(text, kMaxSeconds)) {
        return static_cast<store::Usec>(*seconds * kSecond);
    }
    if (const auto time = base::parse_rfc3339(text)) return *time;
    throw Error(ErrorCode::InvalidArgument,
                "'until=" + base::printable(text) +
                    "' is neither seconds since the epoch nor a time like 2026-01-31T12:00:00Z");
}

bool has_labels(const Labels& labels, const std::vector<std::string>& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& label) {
        const std::size_t equals = label.find('=');
        const auto found = labels.find(label.substr(0, equals));
        return found != labels.end() &&
               (equals == std::string::npos || found->second == label.substr(equals + 1));
    });
}

bool passes(const PruneRequest& request, store::Usec created, const Labels& labels) {
    return created < request.until && has_labels(labels, request.labels);
}

// One that came into use meanwhile stays; that is no failure of the whole.
template <class F>
bool removed(F&& remove) {
    try {
        remove();
        return true;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Busy && error.code() != ErrorCode::NotFound) throw;
        return false;
    }
}

void prune_containers(container::Engine& engine, const PruneRequest& request, Pruned& pruned) {
    for (const auto& row : container::list_containers(engine, {.all = true, .size = true})) {
        if (container::is_active(row.condition.state)) continue;
        if (!passes(request, row.record.created, row.labels)) continue;
        if (!removed([&] { container::remove(engine, row.record.id, {}); })) continue;
        pruned.removed.push_back(row.record.id.str());
        pruned.reclaimed += row.size_rw.value_or(0);
    }
}

void prune_volumes(container::Engine& engine, const PruneRequest& request, Pruned& pruned) {
    for (const auto& row : container::list_volumes(engine)) {
        if (!row.containers.empty() || !row.record.anonymous) continue; // a name is to stay
        if (!passes(request, row.record.created, row.record.labels)) continue;
        const std::uint64_t size = container::tree_size(row.mountpoint);
        if (!removed([&] { container::remove_volume(engine, row.record.name, false); })) continue;
        pruned.removed.push_back(row.record.name);
        pruned.reclaimed += size;
    }
}

std::uint64_t image_bytes(container::Engine& engine) {
    std::uint64_t bytes = 0;
    for (const auto& row : container::disk_usage(engine, false)) {
        if (row.type == "images") bytes += row.size;
    }
    return bytes;
}

bool has_tag(store::Store& store, const Digest& id) {
    const auto names = store.references(id);
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return name.find('@') == std::string::npos; });
}

void prune_images(container::Engine& engine, const PruneRequest& request, Pruned& pruned) {
    const std::uint64_t before = image_bytes(engine);
    const auto lock = engine.lock_images();
    for (const auto& image : engine.store().images()) {
        if (!request.all && has_tag(engine.store(), image.id)) continue;
        if (!passes(request, image.created, image.labels)) continue;
        if (!engine.store().containers_of_image(image.id).empty()) continue;
        engine.store().remove_image(image.id);
        pruned.removed.push_back(image.id.str());
    }
    if (request.all && request.labels.empty()) store::BuildSteps().remove(request.until);
    collect_layers(engine);
    collect_blobs(engine);
    const std::uint64_t after = image_bytes(engine);
    pruned.reclaimed += before > after ? before - after : 0;
}

} // namespace

PruneRequest parse_prune(const std::vector<std::string>& kinds, bool all,
                         const std::vector<std::string>& filters) {
    PruneRequest request{.all = all};
    for (const std::string& kind : kinds) {
        if (kind == "containers")
            request.containers = true;
        else if (kind == "images")
            request.images = true;
        else if (kind == "volumes")
            request.volumes = true;
        else if (kind == "networks")
            request.networks = true;
        else {
            throw Error(ErrorCode::InvalidArgument,
                        "'" + base::printable(kind) + "' can't be pruned");
        }
    }
    for (const std::string& filter : filters) {
        if (filter.starts_with("until="))
            request.until = parse_until(filter.substr(6));
        else if (filter.starts_with("label="))
            request.labels.push_back(filter.substr(6));
        else {
            throw Error(ErrorCode::InvalidArgument,
                        "'" + base::printable(filter) + "' is no filter for prune");
        }
    }
    return request;
}

Pruned prune(container::Engine& engine, const PruneRequest& request) {
    Pruned pruned;
    if (request.containers) prune_containers(engine, request, pruned);
    if (request.volumes) prune_volumes(engine, request, pruned);
    // No label and no time is known of networks: a filter passes none.
    if (request.networks && request.labels.empty() && request.until == INT64_MAX) {
        for (auto& name : container::prune_networks(engine))
            pruned.removed.push_back(std::move(name));
    }
    if (request.images) prune_images(engine, request, pruned);
    return pruned;
}

} // namespace berth::daemon
