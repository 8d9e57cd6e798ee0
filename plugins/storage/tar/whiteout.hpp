// SPDX-License-Identifier: LGPL-2.1-or-later
// How a layer on disk says that something of the layers below is gone. The image format says it by
// names; each storage driver has its own way, chosen when a tar is applied.
#pragma once

#include <memory>
#include <string>

#include <sys/stat.h>

namespace berth::tar {

/// All names are single components of an open directory; `path` is the same from the layer's root,
/// links resolved.
class Whiteouts {
  public:
    Whiteouts() = default;
    Whiteouts(const Whiteouts&) = delete;
    Whiteouts& operator=(const Whiteouts&) = delete;
    virtual ~Whiteouts() = default;

    /// Hides `name` of the layers below; what this archive put there itself stays.
    virtual void hide(int dir, const std::string& name, const std::string& path) = 0;
    /// Takes back what hide() did to `name`, because the archive goes on to make it; whether there
    /// was anything to take back. A directory made then must be told to replaced_by_directory().
    virtual bool reveal(int dir, const std::string& name, const std::string& path) = 0;
    /// Hides all that the layers below have in a directory.
    virtual void hide_content(int dir, const std::string& path) = 0;
    /// This archive made or changed `path`.
    virtual void touched(const std::string& path) = 0;
    /// A directory of this archive has replaced something that was no directory.
    virtual void replaced_by_directory(int dir) = 0;
    /// Is this what hide() makes in place of a file?
    [[nodiscard]] virtual bool is_whiteout(const struct stat& status) const = 0;
};

enum class WhiteoutStyle {
    None,    ///< the lowest layer: there is nothing to hide
    Overlay, ///< 0:0 character devices and trusted.overlay.opaque. Source: kernel, overlayfs.rst
    Aufs,    ///< files ".wh.NAME" and ".wh..wh..opq", as the image format has them. Source: aufs(5)
    Delete,  ///< the tree is the merged view (or a copy of the parent): remove from it
};

[[nodiscard]] std::unique_ptr<Whiteouts> make_whiteouts(WhiteoutStyle style);

inline constexpr const char* kOverlayOpaque = "trusted.overlay.opaque";

} // namespace berth::tar
