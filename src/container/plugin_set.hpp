// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugins the engine works with, opened at first use and kept. May be used by several threads.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <berth/network.hpp>
#include <berth/storage.hpp>

namespace berth::container {

class PluginSet {
  public:
    PluginSet() = default;
    PluginSet(const PluginSet&) = delete;
    PluginSet& operator=(const PluginSet&) = delete;
    virtual ~PluginSet() = default;

    /// NotFound for no such plugin, Unsupported for one that is refused.
    [[nodiscard]] Storage& storage(const std::string& name);
    [[nodiscard]] Network& network(const std::string& name);

  protected:
    /// From the plugin directories; tests put their own in place.
    [[nodiscard]] virtual std::unique_ptr<Storage> open_storage(const std::string& name);
    [[nodiscard]] virtual std::unique_ptr<Network> open_network(const std::string& name);

  private:
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Storage>> storages_;
    std::map<std::string, std::unique_ptr<Network>> networks_;
};

} // namespace berth::container
