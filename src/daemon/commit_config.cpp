// SPDX-License-Identifier: LGPL-2.1-or-later
#include "commit_config.hpp"

#include <container/image_lookup.hpp>
#include <spec/container_spec.hpp>
#include <spec/image_config.hpp>
#include <spec/platform.hpp>

namespace berth::daemon {

namespace {

// An image may have been removed by force while its container lives.
spec::ImageConfig image_config(const std::string& image) {
    try {
        return container::read_image_config(Digest(image));
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        const spec::Platform host = spec::host_platform();
        spec::ImageConfig config;
        config.os = host.os;
        config.architecture = host.architecture;
        return config;
    }
}

} // namespace

std::string commit_config(const store::ContainerRecord& record) {
    const auto container = spec::parse_container_spec(record.spec);
    spec::ImageConfig config = image_config(record.image_id);
    config.user = container.user;
    config.env = container.env;
    config.entrypoint = container.entrypoint;
    config.cmd = container.command;
    config.working_dir = container.working_dir;
    config.labels = container.labels;
    config.exposed_ports = container.exposed;
    config.stop_signal = container.stop_signal;
    return spec::dump_image_config(config);
}

} // namespace berth::daemon
