// SPDX-License-Identifier: LGPL-2.1-or-later
#include "check.hpp"

#include <map>
#include <set>

#include <sys/stat.h>

#include <base/dir.hpp>
#include <container/layers.hpp>
#include <container/leftovers.hpp>
#include <container/networks.hpp>
#include <container/state.hpp>

namespace berth::container {

namespace {

using Findings = std::vector<Finding>;

void add(Findings& all, Findings more) {
    for (auto& finding : more)
        all.push_back(std::move(finding));
}

bool has_blob(const Digest& blob) {
    struct stat status {};
    return ::stat(store::blob_path(blob).c_str(), &status) == 0;
}

/// Images whose parts are missing: pulling again brings them back.
void check_images(Engine& engine, Findings& findings) {
    std::map<std::string, std::set<std::string>> layers;
    for (const auto& image : engine.store().images()) {
        const auto report = [&](const std::string& what) {
            findings.push_back({"image " + image.id.brief() + " has lost " + what +
                                    "; pull it again, or remove it",
                                false});
        };
        if (!has_blob(image.id)) report("its configuration");
        if (!has_blob(image.manifest)) report("its manifest");
        for (const auto& layer : engine.store().image_layers(image.id)) {
            if (!has_blob(layer.blob)) report("the blob " + layer.blob.brief());
            auto [known, fresh] = layers.try_emplace(layer.driver);
            if (fresh) {
                for (const auto& id : engine.plugins().storage(layer.driver).list())
                    known->second.insert(id.str());
            }
            if (!known->second.contains(layer.chain.str())) {
                report("the layer " + layer.chain.brief());
            }
        }
    }
}

/// Blobs that no image names; the next removal of an image collects them too.
void check_blobs(Engine& engine, bool repair, Findings& findings) {
    if (images_in_work(engine.store())) return;
    const auto used = engine.store().referenced_blobs();
    const base::Dir dir = base::Dir::open(store::blob_dir());
    for (const auto& name : dir.list()) {
        if (is_hex64(name) && used.contains(Digest::from_hex(name))) continue;
        if (repair) dir.remove_tree(name);
        findings.push_back({"the blob '" + name.substr(0, 12) + "' belongs to no image", repair});
    }
}

void check_containers(Engine& engine, Findings& findings) {
    std::set<std::string> layers;
    for (const auto& layer : engine.storage().list())
        layers.insert(layer.str());
    for (const auto& record : engine.store().containers()) {
        if (record.storage_driver != engine.config().storage.driver) continue;
        if (layers.contains(layer_of(record.id).str())) continue;
        findings.push_back({"container " + record.name + " has lost its layer; remove it", false});
    }
}

/// Units that say they are containers of ours, but nobody knows them.
void check_units(Engine& engine, bool repair, Findings& findings) {
    std::set<std::string> known;
    for (const auto& record : engine.store().containers())
        known.insert(record.unit);
    for (const auto& row : engine.units().list("berth-*.service")) {
        if (known.contains(row.name) || row.description.rfind("container ", 0) != 0) continue;
        if (repair) engine.units().stop(row.name);
        findings.push_back({"the unit " + row.name + " runs a container without record", repair});
    }
}

void check_networks(Engine& engine, bool repair, Findings& findings) {
    std::map<std::string, std::vector<NetworkConfig>> networks;
    for (const auto& network : engine.store().networks())
        networks[network.driver].push_back(network);
    std::map<std::string, std::vector<std::pair<NetworkId, Endpoint>>> endpoints;
    for (const auto& record : engine.store().containers()) {
        const auto unit = engine.units().status(record.unit);
        if (!is_active(condition_of(record, unit).state)) continue;
        const auto spec = spec::parse_container_spec(record.spec);
        for (const auto& attachment : attached_networks(engine, record, spec)) {
            endpoints[attachment.config.driver].emplace_back(attachment.config.id,
                                                             attachment.endpoint);
        }
    }
    for (const auto& [driver, configs] : networks) {
        for (auto& text :
             engine.plugins().network(driver).reconcile(configs, endpoints[driver], repair)) {
            findings.push_back({std::move(text), repair});
        }
    }
}

} // namespace

std::vector<Finding> check(Engine& engine, bool repair) {
    Findings findings;
    for (auto& text : engine.store().check())
        findings.push_back({std::move(text), false});
    {
        const auto lock = engine.lock_images();
        // An unfinished layer of a running job is not a leftover.
        const bool mend_layers = repair && !images_in_work(engine.store());
        if (!images_in_work(engine.store())) add(findings, engine.storage().check(mend_layers, {}));
        add(findings, check_stray_layers(engine, repair));
        check_blobs(engine, repair, findings);
        add(findings, check_container_dirs(engine, repair));
        add(findings, check_volume_dirs(engine, repair));
    }
    check_images(engine, findings);
    check_containers(engine, findings);
    check_units(engine, repair, findings);
    check_networks(engine, repair, findings);
    return findings;
}

} // namespace berth::container
