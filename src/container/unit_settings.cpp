// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unit_settings.hpp"

#include <csignal>
#include <cstdlib>

#include <berth_config.hpp>

#include <container/devices.hpp>
#include <container/limits.hpp>
#include <container/references.hpp>
#include <spec/signal.hpp>

namespace berth::container {

namespace {

using systemd::kInfinity;
using systemd::UnitProperties;

constexpr std::uint64_t kSecond = 1'000'000;
constexpr std::uint64_t kStartTimeout = 600 * kSecond; // a large volume may be copied before
constexpr std::uint64_t kRestartDelay = kSecond / 10;
constexpr unsigned kStopSeconds = 10;

void set_restart(UnitProperties& unit, const spec::RestartPolicy& policy) {
    switch (policy.mode) {
    case spec::RestartMode::No:
        unit.set("Restart", "no");
        return;
    case spec::RestartMode::OnFailure:
        unit.set("Restart", "on-failure");
        break;
    case spec::RestartMode::Always:
    case spec::RestartMode::UnlessStopped:
        unit.set("Restart", "always");
        break;
    }
    unit.set("RestartUSec", kRestartDelay);
    if (policy.mode == spec::RestartMode::OnFailure && policy.max_retries > 0) {
        // The first start counts as one.
        unit.set("StartLimitIntervalUSec", kInfinity);
        unit.set("StartLimitBurst", static_cast<std::uint32_t>(policy.max_retries + 1));
    } else {
        unit.set("StartLimitIntervalUSec", std::uint64_t{0});
    }
}

void set_identity(UnitProperties& unit, const store::ContainerRecord& record) {
    unit.set("Description", "container " + record.name);
    unit.set("SyslogIdentifier", record.name);
    // The reference is what the user typed, one line of printable characters by its grammar.
    unit.set_log_fields({"CONTAINER_NAME=" + record.name, "CONTAINER_ID=" + record.id.brief(),
                         "CONTAINER_ID_FULL=" + record.id.str(), "IMAGE_NAME=" + record.image_ref});
}

void set_supervision(UnitProperties& unit, const spec::ContainerSpec& spec) {
    unit.set("Type", "notify");
    unit.set("NotifyAccess", "all");
    unit.set("KillMode", "mixed");
    unit.set("KillSignal", stop_signal(spec));
    unit.set("TimeoutStartUSec", kStartTimeout);
    unit.set("TimeoutStopUSec", spec.stop_timeout.value_or(kStopSeconds) * kSecond);
    unit.set("CollectMode", "inactive-or-failed");
    // As docker: the kernel's choice dies, the rest lives on.
    unit.set("OOMPolicy", "continue");
    unit.set("IgnoreSIGPIPE", false);
    unit.set("LogRateLimitIntervalUSec", std::uint64_t{0});
    set_restart(unit, spec.restart);
}

void set_cgroup(UnitProperties& unit, const spec::ContainerSpec& spec) {
    unit.set("Slice", spec.cgroup_parent.empty() ? std::string("berth.slice") : spec.cgroup_parent);
    unit.set("Delegate", true);
    unit.set("IOAccounting", true);
    if (spec.privileged) {
        unit.set("DevicePolicy", "auto");
    } else {
        unit.set("DevicePolicy", "strict");
    }
    if (spec.resources.oom_score_adj != 0) {
        unit.set("OOMScoreAdjust", static_cast<std::int32_t>(spec.resources.oom_score_adj));
    }
}

} // namespace

void set_stdio(UnitProperties& unit, const Stdio& stdio, const char* output) {
    if (stdio.in) {
        unit.set_fd("StandardInputFileDescriptor", stdio.in);
    } else {
        unit.set("StandardInput", "null");
    }
    if (stdio.out) {
        unit.set_fd("StandardOutputFileDescriptor", stdio.out);
    } else {
        unit.set("StandardOutput", output);
    }
    if (stdio.err) {
        unit.set_fd("StandardErrorFileDescriptor", stdio.err);
    } else {
        unit.set("StandardError", output);
    }
}

int stop_signal(const spec::ContainerSpec& spec) {
    return spec::parse_signal(spec.stop_signal).value_or(SIGTERM);
}

std::string program(const std::string& name) {
    const char* dir = ::secure_getenv("BERTH_LIBEXEC_DIR");
    return std::string(dir != nullptr && *dir != '\0' ? dir : BERTH_LIBEXEC_DIR) + "/" + name;
}

std::vector<std::string> passed_environment() {
    std::vector<std::string> environment;
    for (const char* name : {"BERTH_STATE_DIR", "BERTH_RUNTIME_DIR", "BERTH_CONFIG_DIR",
                             "BERTH_PLUGIN_DIR", "BERTH_LIBEXEC_DIR", "BERTH_DEBUG"}) {
        const char* value = ::secure_getenv(name);
        if (value != nullptr && *value != '\0') {
            environment.push_back(std::string(name) + "=" + value);
        }
    }
    return environment;
}

systemd::UnitProperties unit_properties(const store::ContainerRecord& record,
                                        const spec::ContainerSpec& spec,
                                        const StartOptions& options) {
    UnitProperties unit = limit_properties(spec.resources);
    set_identity(unit, record);
    set_supervision(unit, spec);
    set_cgroup(unit, spec);
    if (!spec.privileged) unit.set("DeviceAllow", device_rules(spec));
    set_stdio(unit, options.stdio, spec.log_driver == "none" ? "null" : "journal");
    if (auto environment = passed_environment(); !environment.empty()) {
        unit.set("Environment", std::move(environment));
    }
    if (auto make = missing_sources(spec.mounts); !make.empty()) {
        make.insert(make.begin(), {"/bin/mkdir", "-p", "-m", "0755", "--"});
        unit.set_command("ExecStartPre", make);
    }
    const std::string run = program("berth-run");
    unit.set_command("ExecStart", {run, "start", record.id.str()});
    unit.set_command("ExecStopPost", {run, "stopped", record.id.str()});
    return unit;
}

} // namespace berth::container
