// SPDX-License-Identifier: LGPL-2.1-or-later
#include "load.hpp"

#include <image/load_formats.hpp>

namespace berth::image {

spec::JobResult load(Engine& engine, const spec::LoadRequest& request, int tar_fd) {
    SpooledArchive archive(tar_fd, engine.progress);
    spec::JobResult result{.ok = true};
    // Where both are there, the index says more: it keeps the manifests.
    if (archive.has("oci-layout") && archive.has("index.json")) {
        result.images = load_oci(engine, archive, request.platform, read_docker_names(archive));
    } else if (archive.has("manifest.json")) {
        result.images = load_docker(engine, archive);
    } else {
        throw Error(ErrorCode::InvalidArgument,
                    "the file is neither a docker archive (it has no manifest.json) nor an OCI "
                    "archive (it has no index.json); for a file system use `berth import`");
    }
    if (result.images.empty()) {
        throw Error(ErrorCode::Corrupt, "the archive names no image for this machine");
    }
    return result;
}

} // namespace berth::image
