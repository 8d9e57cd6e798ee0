// SPDX-License-Identifier: LGPL-2.1-or-later
#include "copy_path.hpp"

#include <array>
#include <climits>

#include <fcntl.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::image {

namespace {

constexpr int kMaxLinks = 40;

/// Without empty parts and ".", ".." resolved by its text at the root only: elsewhere the kernel
/// does it, who knows the links.
std::string cleaned(const std::string& path) {
    std::string clean;
    for (const auto& part : base::split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part == ".." && clean.empty()) continue;
        clean += (clean.empty() ? "" : "/") + part;
    }
    return clean.empty() ? "." : clean;
}

std::string read_link(const base::Dir& root, const std::string& path) {
    const base::Fd link = root.open_file(path, O_PATH | O_NOFOLLOW, 0, base::Resolve::InRoot);
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlinkat(link.get(), "", target.data(), target.size());
    if (length < 0) throw_errno("cannot read the link '" + base::printable(path) + "'");
    return {target.data(), static_cast<std::size_t>(length)};
}

} // namespace

CopyPath parse_copy_path(const std::string& text) {
    if (text.empty() || text.size() >= PATH_MAX || text.find('\0') != std::string::npos) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + base::printable(text.substr(0, 100)) + "' is not a path");
    }
    const bool dot =
        text == "." || (text.size() > 1 && text.compare(text.size() - 2, 2, "/.") == 0);
    return {.path = cleaned(text), .wants_dir = dot || text.back() == '/', .contents = dot};
}

SplitPath split_path(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return {".", path};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

Found follow_links(const base::Dir& root, const std::string& path) {
    Found found{.path = path, .status = std::nullopt};
    for (int links = 0; links < kMaxLinks; ++links) {
        const auto [dir, name] = split_path(found.path);
        if (!root.find_file(dir, O_PATH | O_DIRECTORY, base::Resolve::InRoot)) {
            throw Error(ErrorCode::NotFound,
                        "the container has no directory '/" + base::printable(dir) + "'");
        }
        found.status = root.stat(found.path, base::Resolve::InRoot);
        if (!found.status || !S_ISLNK(found.status->st_mode)) return found;
        const std::string target = read_link(root, found.path);
        found.path = cleaned(!target.empty() && target[0] == '/' ? target : dir + "/" + target);
    }
    throw Error(ErrorCode::InvalidArgument,
                "'/" + base::printable(path) + "' is a link that leads in circles");
}

} // namespace berth::image
