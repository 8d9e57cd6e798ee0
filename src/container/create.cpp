// SPDX-License-Identifier: LGPL-2.1-or-later
#include "create.hpp"

#include <algorithm>

#include <base/random.hpp>
#include <base/rollback.hpp>
#include <container/image_lookup.hpp>
#include <container/layers.hpp>
#include <container/names.hpp>
#include <container/networks.hpp>
#include <container/references.hpp>
#include <container/volumes.hpp>
#include <spec/container_config.hpp>
#include <spec/mount_syntax.hpp>
#include <spec/platform.hpp>

namespace berth::container {

namespace {

bool is_taken(store::Store& store, const std::string& name) {
    try {
        return store.find_container(name).name == name;
    } catch (const Error&) {
        return false; // nobody has it, or it is an ambiguous prefix and so no name
    }
}

std::string choose_name(store::Store& store, const std::string& asked) {
    if (asked.empty()) {
        return make_up_name([&](const std::string& name) { return is_taken(store, name); });
    }
    check_name(asked);
    if (is_taken(store, asked)) {
        throw Error(ErrorCode::Exists, "the container name '" + asked +
                                           "' is already in use by container " +
                                           store.find_container(asked).id.brief() +
                                           "; remove or rename that one, or choose another name");
    }
    return asked;
}

void check_platform(const CreateRequest& request, const store::ImageRecord& image) {
    const auto asked = request.config.find("platform");
    if (asked == request.config.end()) return;
    const auto* text = std::get_if<std::string>(&asked->second);
    if (text == nullptr || text->empty()) return;
    const spec::Platform wanted = spec::parse_platform(*text);
    if (wanted.os == image.os && wanted.architecture == image.architecture) return;
    throw Error(ErrorCode::NotFound, "the image '" + request.image + "' is for " + image.os + "/" +
                                         image.architecture + ", not for " + *text +
                                         "; pull it for that platform");
}

store::ContainerRecord make_record(const Prepared& prepared, bool start_intent) {
    store::ContainerRecord record{.id = ContainerId(base::random_hex(32))};
    record.name = prepared.name;
    record.unit = unit_of(prepared.name);
    record.image_ref = prepared.spec.image_ref;
    record.image_id = prepared.spec.image_id;
    record.image_layer = prepared.image_layer;
    record.storage_driver = prepared.storage_driver;
    record.owner_uid = prepared.owner_uid;
    record.auto_remove = prepared.spec.auto_remove;
    record.created = store::now();
    if (start_intent) {
        record.wanted = true;
        record.started_at = record.created;
        record.boot_id = store::current_boot_id();
    }
    return record;
}

/// Its record is the last thing made: without it, what is on disk is swept.
void record_container(Engine& engine, const Prepared& prepared, store::NewContainer container) {
    const auto lock = engine.lock_networks();
    container.leases = choose_leases(engine, container.record.id, prepared.spec, prepared.networks);
    engine.store().add_container(container);
}

} // namespace

Prepared prepare(Engine& engine, const CreateRequest& request) {
    const store::ImageRecord image = find_image(engine.store(), request.image);
    check_platform(request, image);
    auto built = spec::build_container_spec(request.config, read_image_config(image.id));
    Prepared prepared{.name = choose_name(engine.store(), request.name),
                      .spec = std::move(built.spec),
                      .image_layer = top_layer(engine.store(), image.id),
                      .storage_driver = engine.config().storage.driver,
                      .owner_uid = request.owner_uid,
                      .warnings = std::move(built.warnings)};
    prepared.spec.image_ref = request.image;
    prepared.spec.image_id = image.id.str();
    resolve_references(engine.store(), prepared.spec);
    if (request.owner_uid != 0) settle_bind_sources(prepared.spec.mounts);
    prepared.networks = networks_of_mode(engine, prepared.spec.network_mode);
    check_links(engine.store(), prepared.name, prepared.spec, prepared.networks);
    return prepared;
}

Created create(Engine& engine, const Prepared& prepared, bool start_intent) {
    // Not before: whether a path of the host exists is not everybody's to know.
    check_bind_sources(prepared.spec.mounts);
    base::Rollback undo;
    store::NewContainer container{.record = make_record(prepared, start_intent)};
    spec::ContainerSpec spec = prepared.spec;
    {
        const auto lock = engine.lock_images();
        require_image_layer(engine.store(), prepared.image_layer);
        make_container_layer(engine, container.record, undo);
        container.new_volumes = make_volumes(engine, spec, prepared.owner_uid, undo);
        container.volumes = volume_names(spec.mounts);
        container.record.spec = spec::dump_container_spec(spec);
        record_container(engine, prepared, container);
    }
    undo.dismiss();
    return {std::move(container.record), prepared.warnings};
}

} // namespace berth::container
