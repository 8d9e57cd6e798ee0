// SPDX-License-Identifier: LGPL-2.1-or-later
#include "connection.hpp"

#include <memory>
#include <utility>

#include <base/log.hpp>

namespace berth::bus {

namespace {

using Handler = std::function<void(Message)>;

void destroy_handler(void* userdata) {
    delete static_cast<Handler*>(userdata); // NOLINT(cppcoreguidelines-owning-memory)
}

int invoke_handler(sd_bus_message* message, void* userdata, sd_bus_error*) noexcept {
    try {
        (*static_cast<Handler*>(userdata))(Message::share(message));
    } catch (const std::exception& error) {
        log::error("handling a message of the bus: %s", error.what());
    }
    return 0;
}

void adopt_handler(const Slot& slot, Handler handler) {
    check(sd_bus_slot_set_destroy_callback(slot.get(), destroy_handler), "cannot keep a callback");
    sd_bus_slot_set_userdata(slot.get(), std::make_unique<Handler>(std::move(handler)).release());
}

std::vector<char*> to_strv(const std::vector<std::string>& names) {
    std::vector<char*> pointers;
    pointers.reserve(names.size() + 1);
    for (const std::string& name : names)
        pointers.push_back(const_cast<char*>(name.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

sd_bus* new_bus() {
    sd_bus* bus = nullptr;
    check(sd_bus_new(&bus), "cannot make a bus connection");
    return bus;
}

} // namespace

Connection Connection::start(sd_bus* bus, const std::string& where) {
    Connection connection(bus);
    check(sd_bus_negotiate_fds(bus, 1), "cannot set up a bus connection");
    check(sd_bus_start(bus), ("cannot connect to " + where).c_str());
    return connection;
}

Connection Connection::open_system() {
    sd_bus* bus = nullptr;
    check(sd_bus_open_system(&bus), "cannot connect to the system bus");
    return Connection(bus);
}

Connection Connection::open_remote(const std::string& host) {
    sd_bus* bus = nullptr;
    check(sd_bus_open_system_remote(&bus, host.c_str()),
          ("cannot connect to the system bus of '" + host + "'").c_str());
    return Connection(bus);
}

Connection Connection::open_machine(const std::string& machine) {
    sd_bus* bus = nullptr;
    check(sd_bus_open_system_machine(&bus, machine.c_str()),
          ("cannot connect to the system bus of machine '" + machine + "'").c_str());
    return Connection(bus);
}

Connection Connection::open_address(const std::string& address, bool broker) {
    sd_bus* bus = new_bus();
    Connection owner(bus);
    check(sd_bus_set_address(bus, address.c_str()), "cannot use a bus address");
    check(sd_bus_set_bus_client(bus, broker ? 1 : 0), "cannot set up a bus connection");
    return start(owner.bus_.release(), "'" + address + "'");
}

Connection Connection::open_fd(base::Fd fd, bool server) {
    sd_bus* bus = new_bus();
    Connection owner(bus);
    const int raw = fd.release();
    check(sd_bus_set_fd(bus, raw, raw), "cannot use a socket as a bus");
    if (server) {
        sd_id128_t id{};
        check(sd_id128_randomize(&id), "cannot make an identifier");
        check(sd_bus_set_server(bus, 1, id), "cannot serve a socket");
    }
    return start(owner.bus_.release(), "a peer");
}

void Connection::allow_interactive(bool on) {
    check(sd_bus_set_allow_interactive_authorization(get(), on ? 1 : 0),
          "cannot allow interactive authorization");
}

void Connection::attach(Event& event, int priority) {
    check(sd_bus_attach_event(get(), event.get(), priority),
          "cannot attach the bus to the event loop");
}

Message Connection::new_call(const Address& to, const std::string& method) {
    sd_bus_message* message = nullptr;
    check(sd_bus_message_new_method_call(get(), &message,
                                         to.service.empty() ? nullptr : to.service.c_str(),
                                         to.path.c_str(), to.interface.c_str(), method.c_str()),
          ("cannot call " + method).c_str());
    return Message(message);
}

Message Connection::call(const Message& request, std::uint64_t timeout_usec) {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message* reply = nullptr;
    const int result = sd_bus_call(get(), request.get(), timeout_usec, &error, &reply);
    if (result >= 0) return Message(reply);
    const Error failure = to_error(error);
    sd_bus_error_free(&error);
    throw failure;
}

Slot Connection::call_async(const Message& request, Handler done, std::uint64_t timeout_usec) {
    Slot slot;
    check(sd_bus_call_async(get(), base::out(slot), request.get(), invoke_handler, nullptr,
                            timeout_usec),
          "cannot send a call");
    adopt_handler(slot, std::move(done));
    return slot;
}

void Connection::send(const Message& message) {
    check(sd_bus_send(get(), message.get(), nullptr), "cannot send a message");
}

Slot Connection::match(const std::string& rule, Handler handler) {
    Slot slot;
    check(sd_bus_add_match_async(get(), base::out(slot), rule.c_str(), invoke_handler, nullptr,
                                 nullptr),
          "cannot add a match rule");
    adopt_handler(slot, std::move(handler));
    return slot;
}

Slot Connection::add_filter(std::function<void(const Message&)> look) {
    Slot slot;
    check(sd_bus_add_filter(get(), base::out(slot), invoke_handler, nullptr),
          "cannot add a filter");
    adopt_handler(slot, std::move(look));
    return slot;
}

Message Connection::new_signal(const std::string& path, const std::string& interface,
                               const std::string& member) {
    sd_bus_message* message = nullptr;
    check(
        sd_bus_message_new_signal(get(), &message, path.c_str(), interface.c_str(), member.c_str()),
        "cannot make a signal");
    return Message(message);
}

void Connection::emit_properties_changed(const std::string& path, const std::string& interface,
                                         const std::vector<std::string>& names) {
    check(sd_bus_emit_properties_changed_strv(get(), path.c_str(), interface.c_str(),
                                              to_strv(names).data()),
          "cannot emit changed properties");
}

void Connection::emit_added(const std::string& path, const std::vector<std::string>& interfaces) {
    check(sd_bus_emit_interfaces_added_strv(get(), path.c_str(), to_strv(interfaces).data()),
          "cannot announce an object");
}

void Connection::emit_removed(const std::string& path, const std::vector<std::string>& interfaces) {
    check(sd_bus_emit_interfaces_removed_strv(get(), path.c_str(), to_strv(interfaces).data()),
          "cannot announce a removed object");
}

void Connection::request_name(const std::string& name) {
    check(sd_bus_request_name(get(), name.c_str(), 0),
          ("cannot take the bus name '" + name + "'").c_str());
}

void Connection::release_name(const std::string& name) {
    check(sd_bus_release_name(get(), name.c_str()), "cannot release the bus name");
}

bool Connection::process() {
    return check(sd_bus_process(get(), nullptr), "the bus connection failed") > 0;
}

bool Connection::wait(std::uint64_t usec) {
    return check(sd_bus_wait(get(), usec), "the bus connection failed") > 0;
}

void Connection::flush() {
    check(sd_bus_flush(get()), "the bus connection failed");
}

} // namespace berth::bus
