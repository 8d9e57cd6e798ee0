// SPDX-License-Identifier: LGPL-2.1-or-later
// What a stack of branches shows at a path, found by looking through them as the kernel's layered
// file systems do, nearest first, without a mount: whoever may read the layers may ask.
#pragma once

#include "../tar/marks.hpp"
#include "branches.hpp"

#include <string>
#include <vector>

namespace berth::layers {

class BranchView {
  public:
    /// `marks` stays the caller's.
    BranchView(const Branches& branches, const std::vector<LayerId>& nearest_first,
               const tar::Marks& marks);

    /// Whether there is something at `path` ("etc/passwd"). Links on the way are not followed:
    /// below one there is nothing. Cheap when asked directory by directory.
    [[nodiscard]] bool has(const std::string& path);

  private:
    /// The directories of the branches that make up one directory of the view, nearest first.
    using Parts = std::vector<base::Fd>;

    void enter(const std::string& dir);
    [[nodiscard]] Parts descend(const Parts& parts, const std::string& name) const;

    const tar::Marks& marks_;
    Parts roots_;
    std::string dir_; ///< the directory `parts_` are of
    Parts parts_;
};

} // namespace berth::layers
