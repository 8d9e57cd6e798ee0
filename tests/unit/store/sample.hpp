// SPDX-License-Identifier: LGPL-2.1-or-later
// Records to test with.
#pragma once

#include <string>

#include <store/store.hpp>

namespace berth::test {

/// 64 digits made of `digit`.
inline std::string hex(char digit) {
    return std::string(64, digit);
}
inline Digest digest(char digit) {
    return Digest::from_hex(hex(digit));
}

inline store::ContainerRecord container(char digit, const std::string& name) {
    store::ContainerRecord record{.id = ContainerId(hex(digit))};
    record.name = name;
    record.unit = "berth-" + name + ".service";
    record.spec = "{}";
    record.image_ref = "debian:12";
    record.image_id = digest('d').str();
    record.storage_driver = "overlay";
    record.created = 1000 + digit;
    return record;
}

inline NetworkConfig network(char digit, const std::string& name) {
    NetworkConfig config{.id = NetworkId(hex(digit))};
    config.name = name;
    config.driver = "bridge";
    config.subnets = {{.cidr = "172.20.0.0/16", .gateway = "172.20.0.1"}};
    config.interface = "berth0";
    config.options = {{"mtu", "1400"}};
    return config;
}

inline store::ImageLayer layer(char chain, std::uint64_t size = 10) {
    return {.chain = LayerId(hex(chain)),
            .diff = digest(chain),
            .size = size,
            .driver = "overlay",
            .blob = digest(chain),
            .media_type = "application/vnd.oci.image.layer.v1.tar+gzip",
            .blob_size = size / 2};
}

inline store::ImageRecord image(char id, char manifest) {
    store::ImageRecord record{.id = digest(id), .manifest = digest(manifest)};
    record.manifest_media_type = "application/vnd.oci.image.manifest.v1+json";
    record.architecture = "amd64";
    record.os = "linux";
    return record;
}

} // namespace berth::test
