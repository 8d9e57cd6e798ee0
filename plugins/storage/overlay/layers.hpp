// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugin's directory on disk:
//
//     layers/<id>/diff        what the layer changes; an overlay upper or lower directory
//     layers/<id>/work        overlayfs' own, for layers that are mounted writable
//     layers/<id>/parent      symbolic link "../<id of the parent>"; none for a lowest layer
//     layers/<id>/container   empty file: a container's layer
//     layers/<id>/complete    empty file: an image's layer that is whole, made last
//     layers/.new.*  .old.*   being made, being removed: what is left of them is swept
//     l/<digits>              short links to layers/<id>/diff for the classic mount call
//     lock, sweep.lock        flock(2) files
//
// All that decides what a layer is are names and links, which ext4 and xfs write in order, so that
// making a layer needs no sync there; only its content does (complete()).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <base/dir.hpp>
#include <berth/storage.hpp>

namespace berth::overlay {

inline constexpr unsigned kMaxDepth = 500; ///< OVL_MAX_STACK of the kernel

/// Marks the root of a layer whose archive had no entry for it: mode and owner are the parent's.
inline constexpr const char* kInheritRoot = "trusted.berth.inherit-root";

class Layers {
  public:
    explicit Layers(std::string state_dir) : state_dir_(std::move(state_dir)) {}

    [[nodiscard]] const std::string& state_dir() const noexcept { return state_dir_; }
    [[nodiscard]] std::string path(const LayerId& id) const;
    [[nodiscard]] std::string diff_path(const LayerId& id) const;
    [[nodiscard]] std::string work_path(const LayerId& id) const;
    /// layers/, made when missing.
    [[nodiscard]] base::Dir open() const;
    /// The layer's directory; NotFound if there is none.
    [[nodiscard]] base::Dir open_layer(const LayerId& id) const;
    [[nodiscard]] base::Dir open_diff(const LayerId& id) const;

    [[nodiscard]] bool exists(const LayerId& id) const;
    [[nodiscard]] bool is_container(const LayerId& id) const;
    /// A container's layer is whole as soon as it exists.
    [[nodiscard]] bool is_complete(const LayerId& id) const;
    [[nodiscard]] std::vector<LayerId> list() const;
    [[nodiscard]] std::optional<LayerId> parent(const LayerId& id) const;
    /// Ancestors, nearest first. Corrupt if one is missing or there are more than kMaxDepth.
    [[nodiscard]] std::vector<LayerId> ancestors(const LayerId& id) const;
    [[nodiscard]] std::vector<LayerId> children(const LayerId& id) const;

    /// Makes the layer at once: it is there with all its parts, or not at all.
    void make(const LayerId& id, const std::optional<LayerId>& parent, LayerKind kind) const;
    /// Takes its name away; what it held is removed by sweep().
    [[nodiscard]] std::string set_aside(const LayerId& id) const;
    /// Removes what set_aside() or a crash left under this name.
    void sweep(const std::string& name) const;
    /// Empties diff/ and makes work/ anew, for an image layer that is applied once more.
    void reset(const LayerId& id) const;
    void make_work(const LayerId& id) const;
    void mark_complete(const LayerId& id) const;
    /// Gives a root that inherits the mode, owner and time of the nearest layer that has its own.
    void settle_root(const LayerId& id) const;

    /// The short name below l/ that leads to the layer's diff, made when missing.
    [[nodiscard]] std::string short_name(const LayerId& id) const;
    void drop_short_names(const LayerId& id) const;
    /// Links in l/ that lead nowhere.
    [[nodiscard]] std::vector<std::string> dangling_short_names() const;

    enum class LockFile {
        Names, ///< shared to add a layer, exclusive to take one away
        Sweep, ///< shared while something is made or removed aside, exclusive to sweep leftovers
    };
    enum class LockMode { Shared, Exclusive };
    /// Held as long as the descriptor is open.
    [[nodiscard]] base::Fd lock(LockFile file, LockMode mode) const;

  private:
    std::string state_dir_;
};

} // namespace berth::overlay
