// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect.hpp"

#include <nlohmann/json.hpp>

#include <base/time.hpp>
#include <container/bundle_files.hpp>
#include <container/inspect_parts.hpp>
#include <container/limits.hpp>
#include <container/networks.hpp>
#include <container/state.hpp>

namespace berth::container {

namespace {

using Json = nlohmann::json;

Json state_json(const store::ContainerRecord& record, const Condition& condition) {
    const bool active = condition.state == State::Running || condition.state == State::Paused;
    return {{"Status", state_name(condition.state)},
            {"Running", active},
            {"Paused", condition.state == State::Paused},
            {"Restarting", condition.state == State::Restarting},
            {"OOMKilled", !active && record.exit.oom_killed},
            {"Dead", condition.state == State::Dead},
            {"Pid", condition.pid},
            {"ExitCode", condition.exit_code},
            {"Error", record.start_error},
            {"StartedAt", base::format_rfc3339(condition.started_at)},
            {"FinishedAt", base::format_rfc3339(condition.finished_at)},
            {"Result", active ? "" : record.exit.result}};
}

/// What the last start attached it to, or what the next one will.
spec::BundleNetwork network_of(Engine& engine, const store::ContainerRecord& record,
                               const spec::ContainerSpec& spec, bool running) {
    if (running) {
        if (const std::string text = read_bundle(record.id); !text.empty()) {
            return spec::parse_bundle_network(
                spec::parse_bundle(text).annotation(spec::kAnnotationNetwork));
        }
    }
    return bundle_network(engine, record, spec);
}

void add_paths(Json& json, const ContainerId& id) {
    const std::string dir = store::container_dir(id);
    json["ResolvConfPath"] = dir + "/resolv.conf";
    json["HostnamePath"] = dir + "/hostname";
    json["HostsPath"] = dir + "/hosts";
    json["LogPath"] = "";
}

} // namespace

std::string inspect_docker(Engine& engine, const ContainerId& id) {
    const auto record = engine.store().container(id);
    auto spec = spec::parse_container_spec(record.spec);
    const auto condition = condition_of(record, engine.units().status(record.unit));
    const bool running = condition.pid != 0;
    if (running) {
        spec.resources =
            live_limits(spec.resources, engine.units().numbers(record.unit, limit_names()));
    }
    std::vector<std::string> argv = spec.entrypoint;
    argv.insert(argv.end(), spec.command.begin(), spec.command.end());
    Json json{{"Id", record.id.str()},
              {"Created", base::format_rfc3339(record.created)},
              {"Path", argv.empty() ? "" : argv.front()},
              {"Args", argv.size() > 1 ? std::vector<std::string>(argv.begin() + 1, argv.end())
                                       : std::vector<std::string>()},
              {"State", state_json(record, condition)},
              {"Image", record.image_id},
              {"Name", "/" + record.name},
              {"RestartCount", condition.restart_count},
              {"Driver", record.storage_driver},
              {"Platform", "linux"},
              {"MountLabel", ""},
              {"ProcessLabel", ""},
              {"AppArmorProfile", ""},
              {"Unit", record.unit},
              {"OwnerUID", record.owner_uid}};
    add_paths(json, id);
    json["HostConfig"] = inspect_host_config(record, spec);
    json["Mounts"] = inspect_mounts(spec);
    json["Config"] = inspect_config(record, spec);
    json["NetworkSettings"] =
        inspect_network_settings(record, spec, network_of(engine, record, spec, running), running);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string inspect_oci(Engine& engine, const ContainerId& id) {
    if (std::string written = read_bundle(id); !written.empty()) return written;
    const auto record = engine.store().container(id);
    return spec::dump_bundle(
        plan_bundle(engine, record, spec::parse_container_spec(record.spec), false));
}

} // namespace berth::container
