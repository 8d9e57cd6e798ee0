// SPDX-License-Identifier: LGPL-2.1-or-later
#include "step.hpp"

#include <base/hash.hpp>
#include <container/networks.hpp>
#include <container/remove.hpp>
#include <spec/container_config.hpp>

namespace berth::container {

namespace {

bool is_taken(store::Store& store, const std::string& name) {
    try {
        return store.find_container(name).name == name;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return false;
    }
}

std::string step_name(std::uint64_t job, unsigned step) {
    return "build-" + std::to_string(job) + "-" + std::to_string(step);
}

} // namespace

std::string step_image(const StepRequest& request) {
    return base::sha256(request.config).str();
}

void remove_step(Engine& engine, std::uint64_t job, unsigned step, const std::string& image) {
    try {
        const auto record = engine.store().find_container(step_name(job, step));
        if (record.image_id != image) return; // somebody else's, of that name
        remove(engine, record.id, {.force = true, .volumes = true});
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
    }
}

Prepared prepare_step(Engine& engine, const StepRequest& request) {
    spec::ConfigMap config;
    if (!request.network.empty()) config["network"] = request.network;
    auto built = spec::build_container_spec(config, spec::parse_image_config(request.config));
    Prepared prepared{.name = step_name(request.job, request.step),
                      .spec = std::move(built.spec),
                      .image_layer = request.parent,
                      .storage_driver = engine.config().storage.driver,
                      .owner_uid = request.owner_uid};
    if (is_taken(engine.store(), prepared.name)) {
        throw Error(ErrorCode::Exists, "a container has the name '" + prepared.name +
                                           "', which this build needs; rename it");
    }
    prepared.spec.image_ref = "build";
    prepared.spec.image_id = step_image(request);
    prepared.networks = networks_of_mode(engine, prepared.spec.network_mode);
    return prepared;
}

} // namespace berth::container
