// SPDX-License-Identifier: LGPL-2.1-or-later
#include "step.hpp"

#include <base/hash.hpp>
#include <base/random.hpp>
#include <container/networks.hpp>
#include <spec/container_config.hpp>

namespace berth::container {

Prepared prepare_step(Engine& engine, const StepRequest& request) {
    spec::ConfigMap config;
    if (!request.network.empty()) config["network"] = request.network;
    auto built = spec::build_container_spec(config, spec::parse_image_config(request.config));
    Prepared prepared{.name = "build-" + std::to_string(request.job) + "-" +
                              std::to_string(request.step),
                      .spec = std::move(built.spec),
                      .image_layer = request.parent,
                      .storage_driver = engine.config().storage.driver,
                      .owner_uid = request.owner_uid,
                      .id = ContainerId(base::random_hex(32)),
                      .layer_in_work = true};
    // There is no image of this state: one that has no name and is not here.
    prepared.spec.image_ref = "build";
    prepared.spec.image_id = base::sha256(request.config).str();
    prepared.networks = networks_of_mode(engine, prepared.spec.network_mode);
    return prepared;
}

} // namespace berth::container
