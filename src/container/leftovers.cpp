// SPDX-License-Identifier: LGPL-2.1-or-later
#include "leftovers.hpp"

#include <algorithm>
#include <ctime>
#include <set>

#include <base/dir.hpp>
#include <base/log.hpp>
#include <container/layers.hpp>
#include <spec/mount_syntax.hpp>

namespace berth::container {

namespace {

constexpr std::time_t kPartialAge = 7 * 24 * 3600;

/// Does the repair, if it is wanted, and says how it went.
template <class Repair>
Finding mend(std::string text, bool repair, const Repair& action) {
    if (!repair) return {std::move(text), false};
    try {
        action();
        return {std::move(text), true};
    } catch (const Error& error) {
        return {text + "; it can't be repaired: " + error.what(), false};
    }
}

std::set<std::string> container_ids(store::Store& store) {
    std::set<std::string> ids;
    for (const auto& record : store.containers())
        ids.insert(record.id.str());
    return ids;
}

void check_dir(const std::string& path, const std::set<std::string>& known, bool repair,
               std::vector<Finding>& findings) {
    const base::Dir dir = base::Dir::open(path);
    for (const auto& name : dir.list()) {
        if (known.contains(name)) continue;
        findings.push_back(mend("'" + path + "/" + name + "' belongs to no container", repair,
                                [&] { dir.remove_tree(name); }));
    }
}

void adopt_volume(store::Store& store, const std::string& name) {
    if (!spec::is_volume_name(name)) {
        throw Error(ErrorCode::InvalidArgument, "the name is not one of a volume; move it away");
    }
    store.add_volume({.name = name, .created = store::now()});
}

} // namespace

bool images_in_work(store::Store& store) {
    const auto jobs = store.jobs();
    return std::any_of(jobs.begin(), jobs.end(),
                       [](const auto& job) { return job.state == store::JobState::Running; });
}

std::vector<Finding> check_container_dirs(Engine& engine, bool repair) {
    const auto known = container_ids(engine.store());
    std::vector<Finding> findings;
    check_dir(store::containers_dir(), known, repair, findings);
    check_dir(store::runtime_dir() + "/containers", known, repair, findings);
    return findings;
}

std::vector<Finding> check_volume_dirs(Engine& engine, bool repair) {
    std::set<std::string> known;
    for (const auto& volume : engine.store().volumes())
        known.insert(volume.name);
    const base::Dir dir = base::Dir::open(store::volumes_dir());
    std::vector<Finding> findings;
    for (const auto& name : dir.list()) {
        if (known.contains(name)) continue;
        const bool anonymous = is_hex64(name);
        findings.push_back(mend("the volume '" + name + "' has no record", repair, [&] {
            anonymous ? dir.remove_tree(name) : adopt_volume(engine.store(), name);
        }));
    }
    return findings;
}

std::vector<Finding> check_stray_layers(Engine& engine, bool repair) {
    if (images_in_work(engine.store())) return {};
    std::set<std::string> known = container_ids(engine.store());
    for (const auto& layer : engine.store().layers())
        known.insert(layer.chain.str());
    Storage& storage = engine.storage();
    std::vector<LayerId> stray;
    for (const auto& layer : storage.list()) {
        if (!known.contains(layer.str())) stray.push_back(layer);
    }
    std::vector<Finding> findings;
    // One that others stand on can only go after them, and they may come later in the list.
    for (bool progress = true; progress && !stray.empty();) {
        const std::size_t before = stray.size();
        std::erase_if(stray, [&](const LayerId& layer) {
            auto finding = mend("the layer '" + layer.brief() + "' has no record", repair,
                                [&] { storage.remove(layer); });
            if (!finding.repaired) return false;
            findings.push_back(std::move(finding));
            return true;
        });
        progress = stray.size() < before;
    }
    for (const auto& layer : stray)
        findings.push_back({"the layer '" + layer.brief() + "' has no record", false});
    return findings;
}

void remove_old_partials() {
    const base::Dir dir = base::Dir::open(store::partial_blob_dir());
    for (const auto& name : dir.list()) {
        const auto status = dir.stat(name);
        if (status && ::time(nullptr) - status->st_mtime > kPartialAge) dir.remove_tree(name);
    }
}

} // namespace berth::container
