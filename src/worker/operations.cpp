// SPDX-License-Identifier: LGPL-2.1-or-later
#include "operations.hpp"

#include <image/pull.hpp>
#include <plugin/config.hpp>
#include <plugin/loader.hpp>

namespace berth::worker {

namespace {

/// Loads what every pipeline works with; `driver` empty: the configured one.
template <class Action>
spec::JobResult with_engine(std::uint32_t uid, image::Progress& progress, std::string driver,
                            Action action) {
    if (driver.empty()) driver = plugin::engine_config().storage.driver;
    const auto storage = plugin::load_storage(driver);
    image::Places places(uid, plugin::load_registry);
    image::Engine engine{
        .driver = driver, .storage = *storage, .places = places, .progress = progress};
    return action(engine);
}

/// One overload a kind of request.
struct Runner {
    std::uint32_t uid;
    image::Progress& progress;

    spec::JobResult operator()(const spec::PullRequest& request) const {
        return with_engine(uid, progress, "",
                           [&](image::Engine& engine) { return image::pull(engine, request); });
    }
    template <class Other>
    spec::JobResult operator()(const Other&) const {
        throw Error(ErrorCode::Unsupported, "not yet");
    }
};

} // namespace

spec::JobResult run_operation(const spec::JobRequest& request, image::Progress& progress) {
    return std::visit(Runner{request.uid, progress}, request.operation);
}

} // namespace berth::worker
