// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads how a branch (a directory that a layered file system stacks on others) says that something
// of the branches below is gone. The counterpart of whiteout.hpp, which writes it.
#pragma once

#include <memory>
#include <string>

#include <sys/stat.h>

namespace berth::tar {

enum class BranchStyle {
    Overlay, ///< 0:0 character devices and trusted.overlay.opaque. Source: kernel, overlayfs.rst
    Aufs,    ///< files ".wh.NAME" and ".wh..wh..opq", as in an image. Source: aufs(5)
};

/// What a name in a branch stands for.
struct Mark {
    enum class Kind {
        File,     ///< itself
        Deletion, ///< `name` of the branches below is gone
        Own,      ///< the file system's own: no file of the layer, and no mark of its own either
    };
    Kind kind = Kind::File;
    std::string name;
};

class Marks {
  public:
    Marks() = default;
    Marks(const Marks&) = delete;
    Marks& operator=(const Marks&) = delete;
    virtual ~Marks() = default;

    [[nodiscard]] virtual Mark read(const std::string& name, const struct stat& status) const = 0;
    /// Whether the directory hides all that the branches below have in it.
    [[nodiscard]] virtual bool is_opaque(int dir) const = 0;
    /// Whether the directory says that `name` of the branches below is gone.
    [[nodiscard]] virtual bool hides(int dir, const std::string& name) const = 0;
};

[[nodiscard]] const Marks& marks_of(BranchStyle style);

} // namespace berth::tar
