// SPDX-License-Identifier: LGPL-2.1-or-later
// org.berth1.Plugin at /org/berth1/plugin/<kind>_<name>: what plugins there are, also those that
// were refused, with the reason. Properties only.
#pragma once

#include <map>
#include <string>

#include <bus/object.hpp>
#include <daemon/context.hpp>
#include <plugin/loader.hpp>

namespace berth::daemon {

class PluginObject {
  public:
    explicit PluginObject(Context& context);
    /// What it has on the bus.
    [[nodiscard]] static const sd_bus_vtable* vtable() noexcept;

    [[nodiscard]] std::string kind(const std::string& path);
    [[nodiscard]] std::string name(const std::string& path);
    [[nodiscard]] std::string version(const std::string& path);
    [[nodiscard]] std::string description(const std::string& path);
    [[nodiscard]] std::string file(const std::string& path);
    [[nodiscard]] bool usable(const std::string& path);
    [[nodiscard]] std::string problem(const std::string& path);

  private:
    /// Read at the first look: opening plugins costs more than a start of berthd may.
    [[nodiscard]] const std::map<std::string, plugin::PluginInfo>& plugins();
    [[nodiscard]] const plugin::PluginInfo& at(const std::string& path);

    std::map<std::string, plugin::PluginInfo> plugins_; ///< by object path
    bool loaded_ = false;
    bus::Slot slot_;
    bus::Slot enumerator_;
};

} // namespace berth::daemon
