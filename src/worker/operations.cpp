// SPDX-License-Identifier: LGPL-2.1-or-later
#include "operations.hpp"

#include <unistd.h>

#include <base/file.hpp>
#include <build/build.hpp>
#include <image/commit.hpp>
#include <image/copy_in.hpp>
#include <image/copy_out.hpp>
#include <image/export.hpp>
#include <image/import.hpp>
#include <image/load.hpp>
#include <image/login.hpp>
#include <image/pull.hpp>
#include <image/push.hpp>
#include <image/save.hpp>
#include <plugin/loader.hpp>
#include <plugin/storage_choice.hpp>
#include <worker/build_host.hpp>

namespace berth::worker {

namespace {

constexpr std::uint64_t kMaxSecret = 65536;

/// Loads what every pipeline works with; `driver` empty: the configured one.
template <class Action>
spec::JobResult with_engine(std::uint32_t uid, image::Progress& progress, std::string driver,
                            Action action) {
    if (driver.empty()) driver = plugin::storage_driver();
    const auto storage = plugin::load_storage(driver);
    image::Places places(uid, plugin::load_registry);
    image::Engine engine{
        .driver = driver, .storage = *storage, .places = places, .progress = progress};
    return action(engine);
}

/// For pipelines that need no storage driver.
template <class Action>
spec::JobResult with_places(std::uint32_t uid, Action action) {
    image::Places places(uid, plugin::load_registry);
    return action(places);
}

/// For pipelines on a container, which say its driver.
template <class Action>
spec::JobResult with_storage(std::string driver, Action action) {
    if (driver.empty()) driver = plugin::storage_driver();
    return action(*plugin::load_storage(driver));
}

/// One overload a kind of request.
struct Runner {
    std::uint32_t job;
    std::uint32_t uid;
    image::Progress& progress;

    spec::JobResult operator()(const spec::PullRequest& request) const {
        return with_engine(uid, progress, "",
                           [&](image::Engine& engine) { return image::pull(engine, request); });
    }
    spec::JobResult operator()(const spec::PushRequest& request) const {
        return with_places(
            uid, [&](image::Places& places) { return image::push(places, progress, request); });
    }
    spec::JobResult operator()(const spec::LoadRequest& request) const {
        return with_engine(uid, progress, "", [&](image::Engine& engine) {
            return image::load(engine, request, STDIN_FILENO);
        });
    }
    spec::JobResult operator()(const spec::SaveRequest& request) const {
        return image::save(progress, request, STDOUT_FILENO);
    }
    spec::JobResult operator()(const spec::ImportRequest& request) const {
        return with_engine(uid, progress, "", [&](image::Engine& engine) {
            return image::import_image(engine, request, STDIN_FILENO);
        });
    }
    spec::JobResult operator()(const spec::ExportRequest& request) const {
        return with_storage(request.container.driver, [&](Storage& storage) {
            return image::export_container(storage, request, STDOUT_FILENO);
        });
    }
    spec::JobResult operator()(const spec::CommitRequest& request) const {
        return with_engine(uid, progress, request.container.driver,
                           [&](image::Engine& engine) { return image::commit(engine, request); });
    }
    spec::JobResult operator()(const spec::CopyInRequest& request) const {
        return with_storage(request.container.driver, [&](Storage& storage) {
            return image::copy_in(storage, request, STDIN_FILENO);
        });
    }
    spec::JobResult operator()(const spec::CopyOutRequest& request) const {
        return with_storage(request.container.driver, [&](Storage& storage) {
            return image::copy_out(storage, request, STDOUT_FILENO);
        });
    }
    spec::JobResult operator()(const spec::SearchRequest& request) const {
        return with_places(uid,
                           [&](image::Places& places) { return image::search(places, request); });
    }
    spec::JobResult operator()(const spec::BuildRequest& request) const {
        return with_engine(uid, progress, "", [&](image::Engine& engine) {
            BuildHost host(job);
            return build::build_image(engine, host, request, uid,
                                      {.context = STDIN_FILENO, .output = STDOUT_FILENO});
        });
    }
    spec::JobResult operator()(const spec::LoginRequest& request) const {
        return with_places(uid, [&](image::Places& places) {
            return image::login(places, request,
                                base::read_all(STDIN_FILENO, kMaxSecret, "the secret"));
        });
    }
};

} // namespace

spec::JobResult run_operation(std::uint32_t number, const spec::JobRequest& request,
                              image::Progress& progress) {
    return std::visit(Runner{number, request.uid, progress}, request.operation);
}

} // namespace berth::worker
