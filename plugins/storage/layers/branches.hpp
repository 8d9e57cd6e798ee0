// SPDX-License-Identifier: LGPL-2.1-or-later
// Layers that are directories, for file systems that show several directories as one:
//
//     layers/<id>/diff        what the layer changes: a branch of the mount
//     layers/<id>/work        the file system's own, for layers that are mounted writable
//     l/<digits>              short links to layers/<id>/diff, since mount(2) takes one page
//
// and beside them what records.hpp keeps.
#pragma once

#include "records.hpp"

namespace berth::layers {

/// Marks the root of a layer whose archive had no entry for it: mode and owner are the parent's.
inline constexpr const char* kInheritRoot = "trusted.berth.inherit-root";

class Branches : public Records {
  public:
    using Records::Records;

    [[nodiscard]] std::string diff_path(const LayerId& id) const;
    [[nodiscard]] std::string work_path(const LayerId& id) const;
    [[nodiscard]] base::Dir open_diff(const LayerId& id) const;

    /// The parts of a new layer: its branch, and work/ for one that will be mounted.
    void fill(const base::Dir& layer, bool has_parent, bool with_work) const;
    /// Empties diff/, for an image layer that is applied once more.
    void reset(const LayerId& id) const;
    void make_work(const LayerId& id) const;
    /// Gives a root that inherits the mode, owner and time of the nearest layer that has its own.
    void settle_root(const LayerId& id) const;
    /// Whether the root directory's mode, owner or time is the layer's own, not its parent's.
    [[nodiscard]] bool has_own_root(const LayerId& id) const;

    /// The short name below l/ that leads to the layer's diff, made when missing.
    [[nodiscard]] std::string short_name(const LayerId& id) const;
    void drop_short_names(const LayerId& id) const;
    /// Links in l/ that lead nowhere.
    [[nodiscard]] std::vector<std::string> dangling_short_names() const;
};

} // namespace berth::layers
