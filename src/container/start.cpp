// SPDX-License-Identifier: LGPL-2.1-or-later
#include "start.hpp"

#include <base/lock.hpp>
#include <base/log.hpp>
#include <base/rollback.hpp>
#include <base/strings.hpp>
#include <container/bundle_files.hpp>
#include <container/names.hpp>
#include <container/remove.hpp>
#include <container/state.hpp>
#include <container/unit_settings.hpp>

namespace berth::container {

namespace {

constexpr int kEngineFailed = 125;
constexpr int kNotFound = 127;

StartFailed failure_of(Engine& engine, const store::ContainerRecord& record,
                       const std::string& result) {
    int code = engine.store().container(record.id).exit.exit_code;
    if (code < kEngineFailed || code > kNotFound) code = kEngineFailed;
    return start_failure(read_start_error(record.id), code,
                         "the unit " + record.unit + " did not start (" + result +
                             "); `journalctl -u " + record.unit + "` tells more");
}

/// A name taken while it ran becomes the unit's now.
void follow_name(Engine& engine, store::ContainerRecord& record) {
    const std::string unit = unit_of(record.name);
    if (record.unit == unit) return;
    engine.store().rename_container(record.id, record.name, unit);
    record.unit = unit;
}

Started start_unit(Engine& engine, const store::ContainerRecord& record,
                   const spec::ContainerSpec& spec, const StartOptions& options) {
    const auto outcome =
        engine.units().start_transient(record.unit, unit_properties(record, spec, options));
    if (!outcome.done()) throw failure_of(engine, record, outcome.result);
    // Ready is said just before the command's exec; berth-run holds the lock until that is done.
    (void)base::lock_path(store::container_dir(record.id), base::LockKind::Shared);
    if (const auto written = read_start_error(record.id); !written.empty()) {
        throw failure_of(engine, record, outcome.result);
    }
    const auto status = engine.units().status(record.unit);
    const int pid = static_cast<int>(status.main_pid);
    // From here on the sweep takes it for a container that has run.
    engine.store().record_running(record.id, store::now(), pid);
    return {.unit = record.unit, .pid = pid};
}

/// From the record to READY. On failure the record says why, and the unit is gone.
Started launch(Engine& engine, const store::ContainerRecord& record, const StartOptions& options) {
    const auto spec = spec::parse_container_spec(record.spec);
    try {
        write_bundle_files(engine, record, spec, options);
        return start_unit(engine, record, spec, options);
    } catch (const StartFailed& error) {
        engine.store().record_start_error(record.id, error.what(), error.exit_code(), store::now());
        throw;
    } catch (const Error& error) {
        engine.store().record_start_error(record.id, error.what(), kEngineFailed, store::now());
        throw;
    }
}

} // namespace

StartFailed start_failure(std::string written, int code, const std::string& otherwise) {
    if (written.size() > 6 && written[0] == '[' && written.substr(4, 2) == "] ") {
        if (const auto number = base::parse_number(written.substr(1, 3), 255)) {
            code = static_cast<int>(*number);
            written.erase(0, 6);
        }
    }
    const std::string message(base::trim(written));
    return {code, message.empty() ? otherwise : message};
}

Started start(Engine& engine, const ContainerId& id, const StartOptions& options) {
    const auto lock = engine.lock(id);
    auto record = engine.store().container(id);
    const auto unit = engine.units().status(record.unit);
    if (is_active(condition_of(record, unit).state)) throw AlreadyRunning(record.name);
    follow_name(engine, record);
    engine.units().reset_failed(record.unit);
    engine.store().record_start(id, store::now(), store::current_boot_id());
    return launch(engine, record, options);
}

Ran run(Engine& engine, const Prepared& prepared, const StartOptions& options) {
    auto created = create(engine, prepared, true);
    const auto lock = engine.lock(created.record.id);
    base::Rollback undo;
    if (created.record.auto_remove) {
        undo.add([&] { discard(engine, created.record, true); });
    }
    auto started = launch(engine, created.record, options);
    undo.dismiss();
    return {std::move(created), std::move(started)};
}

} // namespace berth::container
