// SPDX-License-Identifier: LGPL-2.1-or-later
// The files of a container's /etc that say who it is and how names are found.
#pragma once

#include <map>
#include <string>

#include <spec/bundle_network.hpp>
#include <spec/container_spec.hpp>

namespace berth::container {

/// hosts, hostname and resolv.conf by name. Reads the machine's resolv.conf.
[[nodiscard]] std::map<std::string, std::string> etc_files(const spec::ContainerSpec& spec,
                                                           const spec::BundleNetwork& network,
                                                           const std::string& host_name);

} // namespace berth::container
