// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_library.hpp"

#include <cstdlib>

#include <dlfcn.h>
#include <unistd.h>

#include <berth/error.hpp>
#include <systemd/sd-bus.h>

namespace berth::run {

namespace {

/// libsystemd's functions, by name.
class BusLibrary {
  public:
    BusLibrary() : handle_(::dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL)) {
        if (handle_ == nullptr) {
            throw Error(ErrorCode::Unsupported, "cannot load libsystemd.so.0 for the terminal");
        }
    }

    template <class Function>
    Function get(const char* name) const {
        void* symbol = ::dlsym(handle_, name);
        if (symbol == nullptr) {
            throw Error(ErrorCode::Unsupported, std::string("libsystemd lacks ") + name);
        }
        return reinterpret_cast<Function>(symbol);
    }

  private:
    void* handle_; ///< stays loaded; the process ends soon
};

/// A connection and what is called on it; freed with the library's own functions.
class Bus {
  public:
    /// The system bus, or with an address a connection of its own.
    explicit Bus(const char* address) {
        int result = 0;
        if (address == nullptr) {
            result = library_.get<decltype(&sd_bus_open_system)>("sd_bus_open_system")(&bus_);
        } else {
            result = connect(address);
        }
        if (result < 0) throw_errno("cannot reach the bus", -result);
    }
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;
    ~Bus() {
        library_.get<decltype(&sd_bus_error_free)>("sd_bus_error_free")(&error_);
        library_.get<decltype(&sd_bus_flush_close_unref)>("sd_bus_flush_close_unref")(bus_);
    }

    void hand_over(const std::string& what, int fd) {
        const auto call = library_.get<decltype(&sd_bus_call_method)>("sd_bus_call_method");
        check(call(bus_, "org.berth1", "/org/berth1", "org.berth1.Manager", "AdoptTerminal",
                   &error_, nullptr, "sh", what.c_str(), fd));
    }

    /// The path of the unit of a process.
    std::string unit_of(pid_t pid) {
        const auto call = library_.get<decltype(&sd_bus_call_method)>("sd_bus_call_method");
        const auto read = library_.get<decltype(&sd_bus_message_read)>("sd_bus_message_read");
        sd_bus_message* reply = nullptr;
        check(call(bus_, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                   "org.freedesktop.systemd1.Manager", "GetUnitByPID", &error_, &reply, "u",
                   static_cast<std::uint32_t>(pid)));
        const char* path = nullptr;
        check(read(reply, "o", &path));
        const std::string result = path;
        library_.get<decltype(&sd_bus_message_unref)>("sd_bus_message_unref")(reply);
        return result;
    }

    /// The number of the job a unit has, 0: none.
    std::uint32_t job_of(const std::string& unit) {
        const auto get = library_.get<decltype(&sd_bus_get_property)>("sd_bus_get_property");
        const auto read = library_.get<decltype(&sd_bus_message_read)>("sd_bus_message_read");
        sd_bus_message* reply = nullptr;
        check(get(bus_, "org.freedesktop.systemd1", unit.c_str(), "org.freedesktop.systemd1.Unit",
                  "Job", &error_, &reply, "(uo)"));
        std::uint32_t job = 0;
        const char* path = nullptr;
        check(read(reply, "(uo)", &job, &path));
        library_.get<decltype(&sd_bus_message_unref)>("sd_bus_message_unref")(reply);
        return job;
    }

    void start_scope(const ScopeRequest& request) {
        auto* call = new_call("StartTransientUnit");
        append(call, "ss", request.name.c_str(), "fail");
        open(call);
        append(call, "(sv)", "Description", "s", request.description.c_str());
        append(call, "(sv)", "Slice", "s", request.slice.c_str());
        append(call, "(sv)", "PIDs", "au", 1U, static_cast<std::uint32_t>(request.pid));
        append(call, "(sv)", "Delegate", "b", 1);
        append(call, "(sv)", "DefaultDependencies", "b", 0);
        append(call, "(sv)", "CollectMode", "s", "inactive-or-failed");
        append_limits(call, request.limits);
        close(call);
        append(call, "a(sa(sv))", 0U);
        send(call);
    }

    void change_unit(const std::string& name, const UnitLimits& limits) {
        auto* call = new_call("SetUnitProperties");
        append(call, "sb", name.c_str(), 1);
        open(call);
        append_limits(call, limits);
        close(call);
        send(call);
    }

  private:
    sd_bus_message* new_call(const char* member) {
        const auto make = library_.get<decltype(&sd_bus_message_new_method_call)>(
            "sd_bus_message_new_method_call");
        sd_bus_message* call = nullptr;
        check(make(bus_, &call, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                   "org.freedesktop.systemd1.Manager", member));
        return call;
    }

    template <class... Values>
    void append(sd_bus_message* call, const char* types, Values... values) {
        const auto function =
            library_.get<decltype(&sd_bus_message_append)>("sd_bus_message_append");
        check(function(call, types, values...));
    }

    void append_limits(sd_bus_message* call, const UnitLimits& limits) {
        for (const auto& [name, value] : limits)
            append(call, "(sv)", name.c_str(), "t", value);
    }

    void open(sd_bus_message* call) {
        const auto function =
            library_.get<decltype(&sd_bus_message_open_container)>("sd_bus_message_open_container");
        check(function(call, 'a', "(sv)"));
    }

    void close(sd_bus_message* call) {
        const auto function = library_.get<decltype(&sd_bus_message_close_container)>(
            "sd_bus_message_close_container");
        check(function(call));
    }

    /// Sends it, and frees it whatever comes of it.
    void send(sd_bus_message* call) {
        const auto function = library_.get<decltype(&sd_bus_call)>("sd_bus_call");
        const int result = function(bus_, call, 0, &error_, nullptr);
        library_.get<decltype(&sd_bus_message_unref)>("sd_bus_message_unref")(call);
        check(result);
    }

    int connect(const char* address) {
        int result = library_.get<decltype(&sd_bus_new)>("sd_bus_new")(&bus_);
        if (result < 0) return result;
        result = library_.get<decltype(&sd_bus_set_address)>("sd_bus_set_address")(bus_, address);
        if (result < 0) return result;
        return library_.get<decltype(&sd_bus_start)>("sd_bus_start")(bus_);
    }

    void check(int result) const {
        if (result >= 0) return;
        throw Error(code_from_errno(-result),
                    error_.message == nullptr ? std::strerror(-result) : error_.message, -result);
    }

    BusLibrary library_;
    sd_bus* bus_ = nullptr;
    sd_bus_error error_{};
};

} // namespace

void adopt_terminal(const std::string& what, const base::Fd& master) {
    try {
        Bus(nullptr).hand_over(what, master.get());
    } catch (const Error& error) {
        throw with_context("cannot hand the terminal over to berthd", error);
    }
}

void start_scope(const ScopeRequest& request) {
    try {
        Bus("unix:path=/run/systemd/private").start_scope(request);
    } catch (const Error& error) {
        throw with_context("cannot have systemd make the scope " + request.name, error);
    }
}

void change_unit(const std::string& name, const UnitLimits& limits) {
    try {
        Bus("unix:path=/run/systemd/private").change_unit(name, limits);
    } catch (const Error& error) {
        throw with_context("cannot have systemd change " + name, error);
    }
}

bool is_being_stopped() {
    Bus manager("unix:path=/run/systemd/private");
    return manager.job_of(manager.unit_of(::getpid())) != 0;
}

} // namespace berth::run
