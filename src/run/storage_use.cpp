// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storage_use.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <base/mount.hpp>
#include <base/strings.hpp>
#include <plugin/loader.hpp>
#include <run/aside.hpp>
#include <store/tree.hpp>

namespace berth::run {

namespace {

std::string marker_path(const ContainerId& id) {
    return store::container_runtime_dir(id) + "/storage";
}

void remember(const ContainerId& id, const std::string& driver, const std::string& layer) {
    const base::Fd fd(
        ::open(marker_path(id).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd) throw_errno("cannot write '" + marker_path(id) + "'");
    base::write_all(fd.get(), driver + " " + layer);
}

void deactivate(const ContainerId& id, const std::string& driver, const LayerId& layer) {
    run_aside(id, [&] {
        plugin::load_storage(driver)->deactivate(layer);
        return base::Fd();
    });
}

} // namespace

void plan_root(Launch& launch, const ContainerId& id) {
    base::make_directories(store::container_runtime_dir(id), 0700);
    const auto layer = launch.bundle.annotation(spec::kAnnotationLayer);
    if (layer.empty()) return;
    const auto driver = launch.bundle.annotation(spec::kAnnotationStorage);
    const auto storage = plugin::load_storage(driver);
    if (!storage->traits().devices) {
        launch.root_plan = storage->mount_plan(LayerId(layer), false);
        return;
    }
    remember(id, driver, layer);
    launch.root = run_aside(
        id, [&] { return base::mount_detached(storage->mount_plan(LayerId(layer), false)); });
}

void release_root(const ContainerId& id) noexcept {
    try {
        if (::access(marker_path(id).c_str(), F_OK) < 0) return;
        const auto fields = base::split(base::read_file(marker_path(id), 4096), ' ');
        if (fields.size() == 2) deactivate(id, fields[0], LayerId(fields[1]));
        ::unlink(marker_path(id).c_str());
    } catch (const std::exception& error) {
        log::warning("cannot let go of the storage of container %s: %s", id.brief().c_str(),
                     error.what());
    }
}

} // namespace berth::run
