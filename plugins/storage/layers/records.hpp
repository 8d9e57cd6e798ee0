// SPDX-License-Identifier: LGPL-2.1-or-later
// What every storage plugin keeps of a layer on disk, whatever holds the layer's content:
//
//     layers/<id>/parent      symbolic link "../<id of the parent>"; none for a lowest layer
//     layers/<id>/container   empty file: a container's layer
//     layers/<id>/complete    empty file: an image's layer that is whole, made last
//     layers/<id>/...         the plugin's own parts
//     layers/.new.*  .old.*   being made, being removed: what is left of them is swept
//     lock, sweep.lock        flock(2) files
//
// All that decides what a layer is are names and links, which ext4 and xfs write in order, so that
// making a layer needs no sync there; only its content does (mark_complete()).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <base/dir.hpp>
#include <berth/storage.hpp>

namespace berth::layers {

/// The most layers that may lie below one, and whose limit that is, in words.
struct DepthLimit {
    unsigned layers = 0;
    std::string whose; ///< "overlayfs stacks at most 500 layers"
};

class Records {
  public:
    Records(std::string state_dir, DepthLimit limit)
        : state_dir_(std::move(state_dir)), limit_(std::move(limit)) {}

    [[nodiscard]] const std::string& state_dir() const noexcept { return state_dir_; }
    [[nodiscard]] const DepthLimit& limit() const noexcept { return limit_; }
    [[nodiscard]] std::string path(const LayerId& id) const;
    /// layers/, made when missing.
    [[nodiscard]] base::Dir open() const;
    /// The layer's directory; NotFound if there is none.
    [[nodiscard]] base::Dir open_layer(const LayerId& id) const;

    [[nodiscard]] bool exists(const LayerId& id) const;
    [[nodiscard]] bool is_container(const LayerId& id) const;
    /// A container's layer is whole as soon as it exists.
    [[nodiscard]] bool is_complete(const LayerId& id) const;
    [[nodiscard]] std::vector<LayerId> list() const;
    [[nodiscard]] std::optional<LayerId> parent(const LayerId& id) const;
    /// Ancestors, nearest first. Corrupt if one is missing, Exhausted beyond the limit.
    [[nodiscard]] std::vector<LayerId> ancestors(const LayerId& id) const;
    [[nodiscard]] std::vector<LayerId> children(const LayerId& id) const;

    /// Whether a layer may be made: Exists, NotFound, Busy or Exhausted if not. One that is there
    /// and was never completed is set aside, and its name returned to be swept.
    [[nodiscard]] std::optional<std::string>
    admit(const LayerId& id, const std::optional<LayerId>& parent, LayerKind kind) const;
    /// Makes the layer at once: it is there with all its parts, or not at all. `fill` makes the
    /// plugin's own parts in the layer's directory.
    void make(const LayerId& id, const std::optional<LayerId>& parent, LayerKind kind,
              const std::function<void(const base::Dir&)>& fill) const;
    /// Busy if other layers stand on it.
    void require_unused(const LayerId& id) const;
    /// Busy if it is complete, NotFound if there is none.
    void require_changeable(const LayerId& id) const;
    /// Busy if a layer below is not complete.
    void require_complete_ancestors(const LayerId& id) const;
    /// Takes its name away; what it held is removed by sweep().
    [[nodiscard]] std::string set_aside(const LayerId& id) const;
    /// Removes what set_aside() or a crash left under this name.
    void sweep(const std::string& name) const;
    /// Durable from here on, its own name included.
    void mark_complete(const LayerId& id) const;

    enum class LockFile {
        Names, ///< shared to add a layer, exclusive to take one away
        Sweep, ///< shared while something is made or removed aside, exclusive to sweep leftovers
    };
    enum class LockMode { Shared, Exclusive };
    /// Held as long as the descriptor is open.
    [[nodiscard]] base::Fd lock(LockFile file, LockMode mode) const;

  private:
    std::string state_dir_;
    DepthLimit limit_;
};

/// Below a layer's directory, whatever the umask is.
void make_directory(const base::Dir& dir, const std::string& name, mode_t mode);
void make_empty_file(const base::Dir& dir, const std::string& name);
/// The target of a symbolic link; none if there is no such name.
[[nodiscard]] std::optional<std::string> read_link(const base::Dir& dir, const std::string& name);

} // namespace berth::layers
