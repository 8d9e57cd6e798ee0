// SPDX-License-Identifier: LGPL-2.1-or-later
#include "storage_use.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <plugin/loader.hpp>
#include <store/tree.hpp>

namespace berth::run {

namespace {

std::string marker_path(const ContainerId& id) {
    return store::container_runtime_dir(id) + "/storage";
}

/// Only what has a device has been activated; a plan of directories leaves nothing to let go.
bool uses_device(const MountPlan& plan) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const MountStep& step) {
        return step.source.compare(0, 5, "/dev/") == 0;
    });
}

void remember(const ContainerId& id, const std::string& driver, const std::string& layer) {
    const base::Fd fd(
        ::open(marker_path(id).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd) throw_errno("cannot write '" + marker_path(id) + "'");
    base::write_all(fd.get(), driver + " " + layer);
}

} // namespace

std::optional<MountPlan> plan_root(const spec::Bundle& bundle, const ContainerId& id) {
    base::make_directories(store::container_runtime_dir(id), 0700);
    const auto layer = bundle.annotation(spec::kAnnotationLayer);
    if (layer.empty()) return std::nullopt;
    const auto driver = bundle.annotation(spec::kAnnotationStorage);
    auto plan = plugin::load_storage(driver)->mount_plan(LayerId(layer), false);
    if (uses_device(plan)) remember(id, driver, layer);
    return plan;
}

void release_root(const ContainerId& id) noexcept {
    try {
        if (::access(marker_path(id).c_str(), F_OK) < 0) return;
        const auto fields = base::split(base::read_file(marker_path(id), 4096), ' ');
        if (fields.size() == 2) plugin::load_storage(fields[0])->deactivate(LayerId(fields[1]));
        ::unlink(marker_path(id).c_str());
    } catch (const std::exception& error) {
        log::warning("cannot let go of the storage of container %s: %s", id.brief().c_str(),
                     error.what());
    }
}

} // namespace berth::run
