// SPDX-License-Identifier: LGPL-2.1-or-later
// A container's files as a directory held open, without mounting anything the host sees: of a
// running container a copy of its own mounts, of a stopped one the mounts its start would make.
// What lies below is the container's: it is reached by openat2(2) from the root alone.
#pragma once

#include <optional>
#include <string>

#include <base/dir.hpp>
#include <berth/storage.hpp>
#include <spec/job.hpp>

namespace berth::image {

enum class TreeUse {
    RootOnly, ///< the image and what the container changed: no volumes; read-only
    Read,     ///< with volumes
    Write,    ///< with volumes, and the container's layer writable
};

class ContainerTree {
  public:
    ContainerTree(const spec::JobContainer& container, Storage& storage, TreeUse use);
    ContainerTree(const ContainerTree&) = delete;
    ContainerTree& operator=(const ContainerTree&) = delete;
    ~ContainerTree();

    [[nodiscard]] const base::Dir& root() const noexcept { return *root_; }

  private:
    void open_running(const spec::JobContainer& container, TreeUse use);
    void open_stopped(const spec::JobContainer& container, TreeUse use);
    void add_mount(const spec::JobMount& mount);

    Storage& storage_;
    std::optional<LayerId> activated_;
    base::Fd keeper_; ///< the copied mounts, or the mount namespace, which end with it
    std::optional<base::Dir> root_;
};

} // namespace berth::image
