// SPDX-License-Identifier: LGPL-2.1-or-later
#include "names.hpp"

#include <climits>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::tar {

namespace {

[[noreturn]] void refuse(std::string_view raw, const std::string& why) {
    const std::string shown = base::printable(raw.substr(0, 200));
    throw Error(ErrorCode::Corrupt, "the archive has an entry '" + shown +
                                        (raw.size() > 200 ? "..." : "") + "' " + why);
}

/// Drops the last component; false when there is none.
bool drop_last(std::string& path) {
    if (path.empty()) return false;
    const std::size_t slash = path.rfind('/');
    path.resize(slash == std::string::npos ? 0 : slash);
    return true;
}

bool is_whiteout(std::string_view name) {
    return name.substr(0, kWhiteoutPrefix.size()) == kWhiteoutPrefix;
}

bool is_ignored(std::string_view path) {
    for (std::size_t start = 0; start < path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const std::string_view part = path.substr(start, end - start);
        if (part.substr(0, kAufsOwnPrefix.size()) == kAufsOwnPrefix && part != kOpaqueName)
            return true;
        start = end + 1;
    }
    return false;
}

} // namespace

std::string clean_path(std::string_view raw) {
    std::string clean;
    clean.reserve(raw.size());
    for (std::size_t start = 0; start < raw.size();) {
        const std::size_t end = std::min(raw.find('/', start), raw.size());
        const std::string_view part = raw.substr(start, end - start);
        start = end + 1;
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            if (!drop_last(clean)) refuse(raw, "that leads out of the layer");
            continue;
        }
        const std::size_t longest = NAME_MAX + (is_whiteout(part) ? kWhiteoutPrefix.size() : 0);
        if (part.size() > longest) refuse(raw, "with a name longer than 255 bytes");
        if (!clean.empty()) clean += '/';
        clean += part;
    }
    if (clean.size() >= PATH_MAX) refuse(raw, "whose path is longer than 4095 bytes");
    return clean;
}

Name parse_name(std::string_view raw) {
    const std::string path = clean_path(raw);
    const std::size_t slash = path.rfind('/');
    Name name;
    if (slash != std::string::npos) name.parent = path.substr(0, slash);
    name.base = slash == std::string::npos ? path : path.substr(slash + 1);
    if (path.find(kWhiteoutPrefix) == std::string::npos) return name;
    if (is_ignored(path)) {
        name.marker = Marker::Ignored;
        return name;
    }
    if (is_whiteout(name.parent) || name.parent.find("/.wh.") != std::string::npos) {
        refuse(raw, "below a name that is reserved for deletions");
    }
    if (name.base == kOpaqueName) {
        name.marker = Marker::Opaque;
    } else if (is_whiteout(name.base)) {
        name.marker = Marker::Whiteout;
        name.base.erase(0, kWhiteoutPrefix.size());
        if (name.base.empty() || name.base == "." || name.base == "..") {
            refuse(raw, "that deletes no file a layer can have");
        }
    }
    return name;
}

} // namespace berth::tar
