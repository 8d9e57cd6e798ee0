// SPDX-License-Identifier: LGPL-2.1-or-later
// A layer's tree and its parent's, open for reading beside each other.
#pragma once

#include "compare.hpp"
#include "thin_store.hpp"

#include <optional>

#include <base/dir.hpp>

namespace berth::devicemapper {

/// The step that mounts a layer whose device is active.
[[nodiscard]] MountStep layer_step(const ThinStore& store, const LayerId& id, bool read_only);

/// A layer's tree, mounted where nobody sees it; unmounted and its device let go at the end.
class Tree {
  public:
    /// `store` stays the caller's.
    Tree(const ThinStore& store, const LayerId& id);
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    ~Tree();

    [[nodiscard]] const base::Dir& root() const { return *root_; }

  private:
    const ThinStore& store_;
    LayerId id_;
    std::optional<base::Dir> root_;
};

/// The layer and the layer it is a snapshot of, if any.
class TreePair {
  public:
    TreePair(const ThinStore& store, const LayerId& id);

    [[nodiscard]] std::optional<base::Dir> origin() const;
    [[nodiscard]] const base::Dir& root() const { return tree_.root(); }
    /// How the layer's tree differs from the other. Inodes in blocks that both devices share, as
    /// the pool's metadata tell, are not looked at.
    [[nodiscard]] tar::TreeChanges changes() const;

  private:
    [[nodiscard]] MayDiffer find_differing() const;

    const ThinStore& store_;
    LayerId id_;
    std::optional<Tree> origin_;
    Tree tree_;
};

} // namespace berth::devicemapper
