// SPDX-License-Identifier: LGPL-2.1-or-later
// Layers as thin devices of one pool, kept in agreement with their records through crashes:
//
//     layers/<id>/device    "NUMBER SECTORS": the layer's device in the pool
//     layers/<id>/filled    empty file: something has been unpacked into it
//     ledger.json           the last transaction (ledger.hpp)
//     pool.lock             flock(2) file: one process at a time changes the pool
//     data.img, metadata.img  the pool itself, only with `loopback = true`
//
// and beside them what ../layers/records.hpp keeps.
#pragma once

#include "../layers/records.hpp"
#include "ledger.hpp"
#include "pool.hpp"
#include "volume.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace berth::devicemapper {

struct LayerDevice {
    std::uint32_t number = 0;
    std::uint64_t sectors = 0;
};

class ThinStore {
  public:
    explicit ThinStore(const PluginHost& host);

    [[nodiscard]] const layers::Records& records() const noexcept { return records_; }
    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    [[nodiscard]] const Pool& pool() const noexcept { return pool_; }

    /// Held while the pool is used; made active and in agreement with the ledger on the way.
    class Session {
      public:
        [[nodiscard]] const Entry& last() const noexcept { return last_; }

      private:
        friend class ThinStore;
        base::Fd lock_;
        Entry last_;
    };
    [[nodiscard]] Session open() const;
    /// The same without mending: what open() would find.
    [[nodiscard]] Agreement look() const;

    void make_layer(Session& session, const LayerId& id, const std::optional<LayerId>& parent,
                    const LayerOptions& options) const;
    /// Busy while it is mounted.
    void remove_layer(Session& session, const LayerId& id) const;
    /// Deletes a device that no layer has.
    void delete_stray(Session& session, std::uint32_t device) const;

    [[nodiscard]] LayerDevice device_of(const LayerId& id) const;
    [[nodiscard]] std::string device_name(const LayerId& id) const;
    /// Of all layers.
    [[nodiscard]] Filesystem filesystem() const;

    /// Makes the layer's device appear until this process, and others that did the same, say
    /// release().
    void activate(const LayerId& id) const;
    void release(const LayerId& id) const;
    /// Whether some process has activated it.
    [[nodiscard]] bool is_held(const LayerId& id) const;

  private:
    void settle(Session& session) const;
    void format(Session& session, std::uint64_t number) const;
    void undo(const Entry& entry) const;
    void transact(Session& session, Entry entry, const std::function<void()>& work) const;
    void make_active(const Session& session, const LayerId& id) const;
    void enlarge(const Session& session, const LayerId& id, std::uint64_t sectors) const;
    [[nodiscard]] base::Fd hold(const LayerId& id, int operation) const;

    Settings settings_;
    std::string runtime_dir_;
    std::string tag_;
    layers::Records records_;
    Ledger ledger_;
    Pool pool_;
    mutable std::mutex mutex_;
    mutable std::map<std::string, std::pair<base::Fd, unsigned>> holds_;
};

} // namespace berth::devicemapper
