// SPDX-License-Identifier: LGPL-2.1-or-later
// What every operation of the engine stands on. One a process, kept by the daemon. Operations are
// free functions, one a file (create.hpp, start.hpp, ...), blocking, called on operation threads;
// they throw berth::Error and, when they throw, have undone what they did.
//
// What runs is what the unit says; the record holds the rest. So any operation works whatever
// systemctl does to the unit meanwhile.
#pragma once

#include <string>

#include <container/keyed_lock.hpp>
#include <container/plugin_set.hpp>
#include <container/unit_control.hpp>
#include <spec/engine_config.hpp>
#include <store/store.hpp>

namespace berth::container {

class Engine {
  public:
    /// All four outlive the engine.
    Engine(store::Store& store, UnitControl& units, PluginSet& plugins,
           const spec::EngineConfig& config)
        : store_(store), units_(units), plugins_(plugins), config_(config) {}

    [[nodiscard]] store::Store& store() noexcept { return store_; }
    [[nodiscard]] UnitControl& units() noexcept { return units_; }
    [[nodiscard]] PluginSet& plugins() noexcept { return plugins_; }
    [[nodiscard]] const spec::EngineConfig& config() const noexcept { return config_; }
    /// The storage plugin new layers go to.
    [[nodiscard]] Storage& storage() { return plugins_.storage(config_.storage.driver); }

    /// Serialises operations on one container.
    [[nodiscard]] KeyedLock::Held lock(const ContainerId& id) {
        return containers_.acquire(id.str());
    }
    /// Serialises the choice of addresses and of a network's first creation.
    [[nodiscard]] KeyedLock::Held lock_networks() { return containers_.acquire("networks"); }
    /// A container is not created on layers that are just being removed.
    [[nodiscard]] KeyedLock::Held lock_images() { return containers_.acquire("images"); }

  private:
    store::Store& store_;
    UnitControl& units_;
    PluginSet& plugins_;
    const spec::EngineConfig& config_;
    KeyedLock containers_;
};

} // namespace berth::container
