// SPDX-License-Identifier: LGPL-2.1-or-later
#include <functional>

#include <base/dir.hpp>
#include <base/log.hpp>
#include <container/check.hpp>
#include <container/leftovers.hpp>
#include <container/remove.hpp>
#include <container/state.hpp>

namespace berth::container {

namespace {

constexpr int kLostExitCode = 255; // docker's, for a run whose end nobody saw

/// A step that fails leaves the others their turn.
void attempt(const char* what, const std::function<void()>& step) {
    try {
        step();
    } catch (const std::exception& error) {
        log::warning("sweeping %s: %s", what, error.what());
    }
}

/// run() was cut off between its record and READY: nobody was told of the container.
bool is_unacknowledged(const store::ContainerRecord& record, const std::string& boot_id) {
    return record.boot_id == boot_id && record.started_at == record.created &&
           record.exit.finished_at == 0 && record.start_error.empty();
}

/// A start that was on its way has left no unit and no end behind.
void settle(Engine& engine, const ContainerId& id, const std::string& boot_id) {
    const auto lock = engine.lock(id);
    const auto record = engine.store().container(id);
    if (engine.units().status(record.unit).loaded) return;
    const bool ended = record.exit.finished_at != 0;
    if (record.auto_remove && (record.wanted || ended)) {
        log::info("removing container '%s', which has ended", record.name.c_str());
        return discard(engine, record, true);
    }
    if (!record.wanted || ended) return;
    if (is_unacknowledged(record, boot_id)) {
        log::info("removing container '%s', which was never started", record.name.c_str());
        return discard(engine, record, true);
    }
    log::info("container '%s' has ended unseen", record.name.c_str());
    engine.store().record_exit(
        id, {.finished_at = store::now(), .exit_code = kLostExitCode, .result = "lost"});
}

void settle_containers(Engine& engine) {
    const std::string boot_id = store::current_boot_id();
    const auto records = engine.store().containers();
    std::vector<std::string> units;
    for (const auto& record : records)
        units.push_back(record.unit);
    const auto statuses = engine.units().statuses(units);
    for (std::size_t index = 0; index < records.size(); ++index) {
        if (statuses[index].loaded) continue;
        attempt("a container", [&] { settle(engine, records[index].id, boot_id); });
    }
}

void log_all(const std::vector<Finding>& findings) {
    for (const auto& finding : findings)
        log::info("%s%s", finding.repaired ? "removed: " : "", finding.text.c_str());
}

} // namespace

void sweep(Engine& engine) {
    attempt("containers", [&] { settle_containers(engine); });
    attempt("directories", [&] {
        const auto lock = engine.lock_images();
        log_all(check_container_dirs(engine, true));
        log_all(check_volume_dirs(engine, true));
    });
    attempt("layers", [&] {
        const auto lock = engine.lock_images();
        log_all(check_stray_layers(engine, true));
        // Layers half made or half removed are known to the plugin alone.
        if (!images_in_work(engine.store())) log_all(engine.storage().check(true, {}));
    });
    attempt("downloads", [] { remove_old_partials(); });
}

} // namespace berth::container
