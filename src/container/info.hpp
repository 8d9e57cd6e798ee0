// SPDX-License-Identifier: LGPL-2.1-or-later
// What `berth info` tells: the engine, what it has, and what it runs on.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <container/engine.hpp>

namespace berth::container {

struct SystemInfo {
    std::string version;
    std::uint64_t containers = 0;
    std::uint64_t containers_running = 0;
    std::uint64_t containers_paused = 0;
    std::uint64_t containers_stopped = 0;
    std::uint64_t images = 0;
    std::string storage_driver;
    std::vector<std::pair<std::string, std::string>> storage_status;
    std::string default_network;
    std::string root_dir;         ///< /var/lib/berth
    std::string name;             ///< of the machine
    std::string kernel;           ///< "6.1.0-18-amd64"
    std::string operating_system; ///< "Debian GNU/Linux 12 (bookworm)"
    std::string architecture;     ///< "x86_64"
    std::string cgroup_version;   ///< "2", or "1" for a hybrid machine
    std::vector<std::string> cgroup_controllers;
    std::uint64_t cpus = 0;
    std::uint64_t memory = 0; ///< bytes
    std::vector<std::string> warnings;
};

[[nodiscard]] SystemInfo system_info(Engine& engine);

} // namespace berth::container
