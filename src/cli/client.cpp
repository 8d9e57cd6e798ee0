// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client.hpp"

#include "agent.hpp"
#include "image_row.hpp"
#include "options.hpp"

#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::cli {
namespace {

[[noreturn]] void throw_unreachable(const std::string& why) {
    throw Error(ErrorCode::Io, "cannot reach berthd: " + why +
                                   "\nStart it with 'systemctl start berthd' and see 'systemctl "
                                   "status berthd' for what it says.");
}

[[noreturn]] void throw_friendly(const sd_bus_error& error) {
    const std::string_view name = error.name != nullptr ? error.name : "";
    const std::string message = error.message != nullptr ? error.message : "";
    if (name == SD_BUS_ERROR_SERVICE_UNKNOWN || name == SD_BUS_ERROR_NAME_HAS_NO_OWNER)
        throw_unreachable("no service answers to the bus name org.berth1 (is berth installed?)");
    if (name.starts_with("org.freedesktop.DBus.Error.Spawn") ||
        name.starts_with("org.freedesktop.systemd1."))
        throw_unreachable(message);
    if (name == SD_BUS_ERROR_NO_REPLY || name == SD_BUS_ERROR_DISCONNECTED)
        throw Error(ErrorCode::Io, "berthd went away before it answered: " + message +
                                       "\nSee 'systemctl status berthd' for why.");
    if (name == SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED)
        throw Error(
            ErrorCode::Denied,
            (message.empty() ? "this needs a password" : message) +
                "\nNobody could be asked for a password: run it on a terminal, or as root.");
    if (name == SD_BUS_ERROR_ACCESS_DENIED && message.find("Rejected send message") == 0)
        throw Error(ErrorCode::Denied, "the bus's policy does not let you talk to berthd");
    constexpr std::string_view kPrefix = "org.berth1.Error.";
    throw RemoteError(bus::to_error(error),
                      std::string(name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name));
}

} // namespace

bus::Connection& Client::bus() {
    if (!bus_) connect();
    return *bus_;
}

bus::Event& Client::event() {
    if (!event_) {
        event_.emplace();
        bus().attach(*event_);
    }
    return *event_;
}

void Client::connect() {
    try {
        if (!options_.host.empty())
            bus_ = bus::Connection::open_remote(options_.host);
        else if (!options_.machine.empty())
            bus_ = bus::Connection::open_machine(options_.machine);
        else
            bus_ = bus::Connection::open_system();
    } catch (const Error& error) {
        throw Error(error.code(), std::string(error.what()) +
                                      "\nberth needs the D-Bus system bus; is this machine booted "
                                      "with systemd, and dbus.service running?");
    }
    bus_->allow_interactive(options_.ask_password);
    if (options_.ask_password && options_.host.empty()) start_polkit_agent();
}

bus::Message Client::call(const bus::Message& request) {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* reply = nullptr;
    const int result = sd_bus_call(bus().get(), request.get(), bus::kNoTimeout, &error, &reply);
    if (result >= 0) return bus::Message(reply);
    const base::Handle<sd_bus_error, sd_bus_error_free> owner(&error);
    if (error.name == nullptr) throw_errno("cannot talk to berthd", -result);
    try {
        throw_friendly(error);
    } catch (const RemoteError& remote) {
        throw RemoteError(Error(remote.code(), remote.what() + hint(remote)), remote.name());
    }
}

// "Did you mean web?" for a name nobody has.
std::string Client::hint(const RemoteError& error) {
    const bool container = error.name() == "NoSuchContainer";
    const std::string message = error.what();
    const std::size_t colon = message.rfind(": ");
    if ((!container && error.name() != "NoSuchImage") || colon == std::string::npos) return {};
    const std::string wanted = message.substr(colon + 2);
    std::vector<std::string> known;
    const bus::Dict all{{"all", true}};
    const auto rows =
        container ? manager("ListContainers", all) : manager("ListImages", bus::Dict());
    for (const auto& row : bus::Message(rows).read<std::vector<bus::Dict>>()) {
        if (container) known.push_back(row.get_or<std::string>("name", ""));
        for (const auto& tag : row.get_or<bus::Strings>("tags", {}))
            known.push_back(familiar(tag));
    }
    const auto close = nearest(wanted, known);
    return close.empty() ? std::string() : "\nDid you mean " + base::join(close, " or ") + "?";
}

void Client::check(const bus::Message& reply) {
    if (const sd_bus_error* error = sd_bus_message_get_error(reply.get())) throw_friendly(*error);
}

std::string Client::container(const std::string& name) {
    return manager("GetContainer", name).read<bus::ObjectPath>().path;
}

std::string Client::image(const std::string& name) {
    return manager("GetImage", name).read<bus::ObjectPath>().path;
}

bus::Dict Client::properties(const std::string& path, const char* interface) {
    auto reply = on(path, "org.freedesktop.DBus.Properties", "GetAll", std::string(interface));
    return bus::read_properties(reply);
}

bool lost_daemon(const bus::Message& reply) {
    const sd_bus_error* error = sd_bus_message_get_error(reply.get());
    return error != nullptr && error->name != nullptr &&
           std::string_view(error->name) == SD_BUS_ERROR_NO_REPLY &&
           sd_bus_is_open(sd_bus_message_get_bus(reply.get())) > 0;
}

bus::SharedFd share_fd(int fd) {
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) throw_errno("cannot pass on a descriptor");
    return std::make_shared<base::Fd>(copy);
}

bus::SharedFd share_fd(base::Fd fd) {
    return std::make_shared<base::Fd>(std::move(fd));
}

} // namespace berth::cli
