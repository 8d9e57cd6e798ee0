// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading units: only the properties that are wanted, asked for all at once, because GetAll makes
// PID 1 compute hundreds.
#include "units.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <type_traits>

#include <berth/error.hpp>

namespace berth::systemd {

namespace {

constexpr const char* kUnit = "org.freedesktop.systemd1.Unit";
constexpr const char* kService = "org.freedesktop.systemd1.Service";

struct Field {
    const char* interface;
    const char* name;
    void (*store)(ServiceStatus& status, const bus::Value& value);
};

template <auto Member>
void store(ServiceStatus& status, const bus::Value& value) {
    using T = std::remove_reference_t<decltype(status.*Member)>;
    if (const T* held = std::get_if<T>(&value.data)) status.*Member = *held;
}

void store_loaded(ServiceStatus& status, const bus::Value& value) {
    const auto* state = std::get_if<std::string>(&value.data);
    status.loaded = state != nullptr && *state != "not-found";
}

constexpr std::array kFields = {
    Field{kUnit, "LoadState", store_loaded},
    Field{kUnit, "ActiveState", store<&ServiceStatus::active_state>},
    Field{kUnit, "SubState", store<&ServiceStatus::sub_state>},
    Field{kUnit, "FreezerState", store<&ServiceStatus::freezer_state>},
    Field{kUnit, "ActiveEnterTimestamp", store<&ServiceStatus::active_since>},
    Field{kService, "Result", store<&ServiceStatus::result>},
    Field{kService, "ControlGroup", store<&ServiceStatus::control_group>},
    Field{kService, "MainPID", store<&ServiceStatus::main_pid>},
    Field{kService, "NRestarts", store<&ServiceStatus::restarts>},
    Field{kService, "ExecMainCode", store<&ServiceStatus::main_code>},
    Field{kService, "ExecMainStatus", store<&ServiceStatus::main_status>},
    Field{kService, "ExecMainExitTimestamp", store<&ServiceStatus::main_exited>},
};

// What one services() call gathers; its last reply wakes the caller.
struct Gathering {
    std::vector<ServiceStatus> statuses;
    std::size_t open = 0;
    std::promise<std::vector<ServiceStatus>> done;
};

void store_answer(const std::shared_ptr<Gathering>& all, std::size_t index, const Field& field,
                  Link::Answer answer) {
    if (!answer.failed()) field.store(all->statuses[index], answer.message.read<bus::Value>());
    if (--all->open == 0) all->done.set_value(std::move(all->statuses));
}

// The same of one numbers() call.
struct Numbers {
    std::map<std::string, std::uint64_t> found;
    std::size_t open = 0;
    std::promise<std::map<std::string, std::uint64_t>> done;
};

void store_number(Numbers& all, const std::string& name, Link::Answer answer) {
    if (!answer.failed()) {
        const auto value = answer.message.read<bus::Value>();
        if (const auto* number = std::get_if<std::uint64_t>(&value.data)) all.found[name] = *number;
    }
    if (--all.open == 0) all.done.set_value(std::move(all.found));
}

} // namespace

std::set<std::string> Units::loaded_among(const std::vector<std::string>& units) {
    std::set<std::string> loaded;
    if (units.empty()) return loaded;
    for (UnitRow& row : list(units))
        loaded.insert(std::move(row.name));
    return loaded;
}

ServiceStatus Units::service(const std::string& unit) {
    return services({unit}).front();
}

// Asking for a property of a unit that is not loaded would make PID 1 load it, and tell everybody
// when it lets it go again.
std::vector<ServiceStatus> Units::services(const std::vector<std::string>& units) {
    auto all = std::make_shared<Gathering>();
    all->statuses.resize(units.size());
    const std::set<std::string> loaded = loaded_among(units);
    all->open = kFields.size() * static_cast<std::size_t>(std::count_if(
                                     units.begin(), units.end(),
                                     [&](const auto& unit) { return loaded.contains(unit); }));
    if (all->open == 0) return std::move(all->statuses);
    auto result = all->done.get_future();
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (!loaded.contains(units[i])) continue;
        for (const Field& field : kFields) {
            link_.send(
                [unit = units[i], &field](Link& link) {
                    return link.new_property_call(unit, field.interface, field.name);
                },
                [all, i, &field](Link::Answer answer) {
                    store_answer(all, i, field, std::move(answer));
                });
        }
    }
    return result.get();
}

std::map<std::string, std::uint64_t> Units::numbers(const std::string& unit,
                                                    const std::vector<std::string>& properties) {
    auto all = std::make_shared<Numbers>();
    all->open = properties.size();
    if (all->open == 0) return {};
    auto result = all->done.get_future();
    for (const auto& name : properties) {
        link_.send(
            [unit, name](Link& link) { return link.new_property_call(unit, kService, name); },
            [all, name](Link::Answer answer) { store_number(*all, name, std::move(answer)); });
    }
    return result.get();
}

} // namespace berth::systemd
