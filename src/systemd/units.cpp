// SPDX-License-Identifier: LGPL-2.1-or-later
#include "units.hpp"

#include <utility>

#include <berth/error.hpp>
#include <systemd/unit_path.hpp>

namespace berth::systemd {

namespace {

// A manager method that takes plain arguments.
template <class... T>
Link::Make manager_call(const char* method, T... values) {
    return [=](Link& link) { return link.new_manager_call(method).append(values...); };
}

void ignore_reply(bus::Message&) {}

} // namespace

JobOutcome Units::start_transient(const std::string& unit, const UnitProperties& properties) {
    const auto make = [&](Link& link) {
        bus::Message request = link.new_manager_call("StartTransientUnit");
        request.append(unit, std::string("fail"));
        properties.append_to(request);
        bus::detail::open(request.get(), 'a', "(sa(sv))"); // no auxiliary units
        bus::detail::close(request.get());
        return request;
    };
    return {link_.ask_job(make, unit)};
}

JobOutcome Units::start(const std::string& unit) {
    return {link_.ask_job(manager_call("StartUnit", unit, std::string("replace")), unit)};
}

JobOutcome Units::restart(const std::string& unit) {
    return {link_.ask_job(manager_call("RestartUnit", unit, std::string("replace")), unit)};
}

JobOutcome Units::stop(const std::string& unit) {
    try {
        return {link_.ask_job(manager_call("StopUnit", unit, std::string("replace")), unit)};
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return {"done"};
    }
}

void Units::kill(const std::string& unit, const std::string& whom, int signal) {
    link_.ask<void>(manager_call("KillUnit", unit, whom, std::int32_t{signal}), ignore_reply);
}

void Units::set_properties(const std::string& unit, const UnitProperties& properties) {
    const auto make = [&](Link& link) {
        bus::Message request = link.new_manager_call("SetUnitProperties");
        request.append(unit, true);
        properties.append_to(request);
        return request;
    };
    link_.ask<void>(make, ignore_reply);
}

void Units::freeze(const std::string& unit) {
    link_.ask<void>(manager_call("FreezeUnit", unit), ignore_reply);
}

void Units::thaw(const std::string& unit) {
    link_.ask<void>(manager_call("ThawUnit", unit), ignore_reply);
}

void Units::reset_failed(const std::string& unit) {
    try {
        link_.ask<void>(manager_call("ResetFailedUnit", unit), ignore_reply);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
    }
}

std::vector<UnitRow> Units::list(const std::vector<std::string>& patterns) {
    using Row =
        std::tuple<std::string, std::string, std::string, std::string, std::string, std::string,
                   bus::ObjectPath, std::uint32_t, std::string, bus::ObjectPath>;
    return link_.ask<std::vector<UnitRow>>(
        manager_call("ListUnitsByPatterns", bus::Strings{}, patterns), [](bus::Message& reply) {
            std::vector<UnitRow> rows;
            for (auto& row : reply.read<std::vector<Row>>()) {
                rows.push_back({std::get<0>(row), std::get<1>(row), std::get<2>(row),
                                std::get<3>(row), std::get<4>(row)});
            }
            return rows;
        });
}

std::string Units::unit_of_pid(std::uint32_t pid) {
    try {
        return link_.ask<std::string>(manager_call("GetUnitByPID", pid), [](bus::Message& reply) {
            return unit_of_path(reply.read<bus::ObjectPath>().path);
        });
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return {};
    }
}

} // namespace berth::systemd
