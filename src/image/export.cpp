// SPDX-License-Identifier: LGPL-2.1-or-later
#include "export.hpp"

#include <plugins/storage/tar/diff.hpp>

#include <image/container_tree.hpp>

namespace berth::image {

spec::JobResult export_container(Storage& storage, const spec::ExportRequest& request, int tar_fd) {
    const ContainerTree tree(request.container, storage, TreeUse::RootOnly);
    tar::write_tree(tree.root().fd(), "", "", tar_fd);
    return {.ok = true};
}

} // namespace berth::image
