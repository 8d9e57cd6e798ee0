// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of tar entries, and the names in them that have a meaning of their own.
// Sources: OCI image-spec, layer.md, "Whiteouts"; the aufs documentation for ".wh..wh.*".
#pragma once

#include <string>
#include <string_view>

namespace berth::tar {

/// What a name asks for beside creating a file of that name.
enum class Marker {
    None,
    Whiteout, ///< ".wh.NAME": NAME of the layers below is gone
    Opaque,   ///< ".wh..wh..opq": nothing of the layers below is seen in this directory
    Ignored,  ///< ".wh..wh.*": bookkeeping of aufs
};

struct Name {
    std::string parent; ///< directory below the root, "" for the root itself
    std::string base;   ///< in that directory, the whiteout prefix taken off; "" for the root
    Marker marker = Marker::None;

    [[nodiscard]] std::string path() const { return parent.empty() ? base : parent + "/" + base; }
};

/// Cleans a name as docker and umoci do: a leading "/" is dropped, "." and inner ".." are resolved
/// by their text. Throws Corrupt for one that leads above the root, is too long or too deep.
[[nodiscard]] std::string clean_path(std::string_view raw);

/// The same, split and with its marker. Throws Corrupt for a whiteout of nothing, "." or "..".
[[nodiscard]] Name parse_name(std::string_view raw);

inline constexpr std::string_view kWhiteoutPrefix = ".wh.";
inline constexpr std::string_view kOpaqueName = ".wh..wh..opq";
/// What aufs keeps in a branch for itself: ".wh..wh.aufs", ".wh..wh.orph", ".wh..wh.plnk".
inline constexpr std::string_view kAufsOwnPrefix = ".wh..wh.";

} // namespace berth::tar
