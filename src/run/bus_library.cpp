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

  private:
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

bool is_being_stopped() {
    Bus manager("unix:path=/run/systemd/private");
    return manager.job_of(manager.unit_of(::getpid())) != 0;
}

} // namespace berth::run
