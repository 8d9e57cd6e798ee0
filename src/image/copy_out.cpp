// SPDX-License-Identifier: LGPL-2.1-or-later
#include "copy_out.hpp"

#include <fcntl.h>
#include <plugins/storage/tar/diff.hpp>

#include <base/strings.hpp>
#include <image/container_tree.hpp>
#include <image/copy_path.hpp>

namespace berth::image {

namespace {

/// What is to be copied, as an entry of a directory held open.
struct Source {
    base::Dir dir;
    std::string name; ///< in the directory; empty: the directory itself
    std::string as;   ///< the root entry's name
};

[[noreturn]] void missing(const std::string& path) {
    throw Error(ErrorCode::NotFound,
                "Could not find the file " + base::printable(path) + " in the container");
}

Source find_source(const base::Dir& root, const spec::CopyOutRequest& request) {
    const CopyPath wanted = parse_copy_path(request.path);
    const std::string name = split_path(wanted.path).name;
    if (wanted.path == ".") return {root.open_dir("."), "", wanted.contents ? "." : "/"};
    std::string path = wanted.path;
    const auto there = root.stat(path, base::Resolve::InRoot);
    if (!there) missing(request.path);
    bool is_dir = S_ISDIR(there->st_mode);
    if (S_ISLNK(there->st_mode) && (request.follow_link || wanted.wants_dir)) {
        const Found found = follow_links(root, path);
        if (!found.status) missing(request.path);
        path = found.path;
        is_dir = S_ISDIR(found.status->st_mode);
    }
    if (wanted.wants_dir && !is_dir) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + base::printable(request.path) + "' is not a directory");
    }
    const std::string as = wanted.contents ? "." : name;
    if (is_dir) return {root.open_dir(path, base::Resolve::InRoot), "", as};
    const auto [parent, file] = split_path(path);
    return {root.open_dir(parent, base::Resolve::InRoot), file, as};
}

} // namespace

spec::JobResult copy_out(Storage& storage, const spec::CopyOutRequest& request, int tar_fd) {
    const ContainerTree tree(request.container, storage, TreeUse::Read);
    const Source source = find_source(tree.root(), request);
    tar::write_tree(source.dir.fd(), source.name, source.as == "/" ? "." : source.as, tar_fd);
    return {.ok = true};
}

} // namespace berth::image
