// SPDX-License-Identifier: LGPL-2.1-or-later
#include "subject.hpp"

#include <base/strings.hpp>
#include <bus/errors.hpp>
#include <daemon/risk.hpp>

namespace berth::daemon {

namespace {

// The last component of PREFIX/HEX64; empty for other paths.
std::string hex_at(const std::string& path, const std::string& prefix) {
    if (!path.starts_with(prefix + "/")) return {};
    std::string hex = path.substr(prefix.size() + 1);
    return is_hex64(hex) ? hex : std::string();
}

template <class F>
bool exists(F&& find) {
    try {
        find();
        return true;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return false;
    }
}

[[noreturn]] void throw_no_container(const Error& error) {
    if (error.code() != ErrorCode::NotFound) throw error;
    throw bus::NamedError(bus::kNoSuchContainer, error.what());
}

} // namespace

std::string container_path(const ContainerId& id) {
    return std::string(kContainerPrefix) + "/" + id.str();
}

std::string image_path(const Digest& id) {
    return std::string(kImagePrefix) + "/" + id.hex();
}

store::ContainerRecord container_at(store::Store& store, const std::string& path) {
    const std::string hex = hex_at(path, kContainerPrefix);
    if (hex.empty()) {
        throw bus::NamedError(bus::kNoSuchContainer,
                              "'" + base::printable(path.substr(0, 120)) + "' is no container");
    }
    try {
        return store.container(ContainerId(hex));
    } catch (const Error& error) {
        throw_no_container(error);
    }
}

bool has_container_at(store::Store& store, const std::string& path) {
    const std::string hex = hex_at(path, kContainerPrefix);
    return !hex.empty() && exists([&] { (void)store.container(ContainerId(hex)); });
}

store::ContainerRecord find_container(store::Store& store, const std::string& text) {
    try {
        return store.find_container(text);
    } catch (const Error& error) {
        throw_no_container(error);
    }
}

bool has_image_at(store::Store& store, const std::string& path) {
    const std::string hex = hex_at(path, kImagePrefix);
    return !hex.empty() && exists([&] { (void)store.image(Digest::from_hex(hex)); });
}

Digest image_at(const std::string& path) {
    return Digest::from_hex(hex_at(path, kImagePrefix));
}

Facts facts_of(const store::ContainerRecord& record) {
    const auto spec = spec::parse_container_spec(record.spec);
    Facts facts{.owner = record.owner_uid, .risk = risk_of(spec), .details = risk_details(spec)};
    facts.details["container"] = record.name;
    facts.details["container-id"] = record.id.str();
    facts.details["owner-uid"] = std::to_string(record.owner_uid);
    return facts;
}

spec::ConfigMap to_config(const bus::Dict& dict) {
    spec::ConfigMap config;
    for (const auto& [key, value] : dict.entries()) {
        if (const auto* flag = std::get_if<bool>(&value.data))
            config[key] = *flag;
        else if (const auto* text = std::get_if<std::string>(&value.data))
            config[key] = *text;
        else if (const auto* list = std::get_if<bus::Strings>(&value.data))
            config[key] = *list;
        else if (const auto* map = std::get_if<bus::StringMap>(&value.data))
            config[key] = *map;
        else {
            throw Error(ErrorCode::InvalidArgument, "configuration key '" + base::printable(key) +
                                                        "' is " + bus::kind_of(value));
        }
    }
    return config;
}

} // namespace berth::daemon
