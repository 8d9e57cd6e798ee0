// SPDX-License-Identifier: LGPL-2.1-or-later
// From what a message names to the object it means: containers by path or name, with the facts the
// gate wants.
#pragma once

#include <string>

#include <berth/id.hpp>
#include <daemon/policy.hpp>
#include <spec/config_map.hpp>
#include <store/store.hpp>

namespace berth::daemon {

inline constexpr const char* kContainerPrefix = "/org/berth1/container";
inline constexpr const char* kImagePrefix = "/org/berth1/image";

[[nodiscard]] std::string container_path(const ContainerId& id);
[[nodiscard]] std::string image_path(const Digest& id);
/// NoSuchContainer for a path that is no container's.
[[nodiscard]] store::ContainerRecord container_at(store::Store& store, const std::string& path);
[[nodiscard]] bool has_container_at(store::Store& store, const std::string& path);
/// By id, prefix or name. NoSuchContainer.
[[nodiscard]] store::ContainerRecord find_container(store::Store& store, const std::string& text);
[[nodiscard]] bool has_image_at(store::Store& store, const std::string& path);
[[nodiscard]] Digest image_at(const std::string& path);

[[nodiscard]] Facts facts_of(const store::ContainerRecord& record);

/// A configuration as it came over the bus. InvalidArgument for values of other types.
[[nodiscard]] spec::ConfigMap to_config(const bus::Dict& dict);

} // namespace berth::daemon
