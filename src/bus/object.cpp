// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.hpp"

#include <cstdlib>
#include <cstring>
#include <utility>

#include <base/log.hpp>

namespace berth::bus {

struct Call::State {
    explicit State(Message received) : message(std::move(received)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (!answered && sd_bus_is_open(sd_bus_message_get_bus(message.get())) > 0) {
            log::error("the call of '%s' went unanswered", message.member().c_str());
            fail(Error(ErrorCode::Internal, "the service dropped the call"));
        }
    }

    void fail(const std::exception& error) noexcept {
        if (std::exchange(answered, true)) return;
        sd_bus_error reason = SD_BUS_ERROR_NULL;
        set_error(&reason, error);
        sd_bus_reply_method_error(message.get(), &reason);
        sd_bus_error_free(&reason);
    }

    Message message;
    bool answered = false;
};

Call::Call(Message message) : state_(std::make_shared<State>(std::move(message))) {}

Message& Call::message() const noexcept {
    return state_->message;
}

bool Call::answered() const noexcept {
    return state_->answered;
}

Message Call::new_reply() const {
    sd_bus_message* reply = nullptr;
    check(sd_bus_message_new_method_return(message().get(), &reply), "cannot make a reply");
    return Message(reply);
}

void Call::send(const Message& answer) const {
    if (std::exchange(state_->answered, true)) return;
    const int result = sd_bus_message_send(answer.get());
    if (result < 0) log::debug("a reply could not be sent: %s", std::strerror(-result));
}

void Call::fail(const std::exception& error) const noexcept {
    state_->fail(error);
}

void Call::fail(const std::exception_ptr& error) const noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& failure) {
        state_->fail(failure);
    } catch (...) {
        state_->fail(Error(ErrorCode::Internal, "an unknown failure"));
    }
}

namespace {

// What the vtable's userdata and the finder's both lead to.
struct Finder {
    void* object;
    std::function<bool(const std::string&)> exists;
};
using Lister = std::function<std::vector<std::string>()>;

template <class T>
void destroy(void* userdata) {
    delete static_cast<T*>(userdata); // NOLINT(cppcoreguidelines-owning-memory)
}

template <class T>
void adopt(const Slot& slot, std::unique_ptr<T> data) {
    check(sd_bus_slot_set_destroy_callback(slot.get(), destroy<T>), "cannot keep a callback");
    sd_bus_slot_set_userdata(slot.get(), data.release());
}

int find(sd_bus*, const char* path, const char*, void* userdata, void** found,
         sd_bus_error* error) noexcept {
    try {
        auto* finder = static_cast<Finder*>(userdata);
        if (!finder->exists(path)) return 0;
        *found = finder->object;
        return 1;
    } catch (const std::exception& failure) {
        return set_error(error, failure);
    }
}

int enumerate(sd_bus*, const char*, void* userdata, char*** nodes, sd_bus_error* error) noexcept {
    try {
        const auto paths = (*static_cast<Lister*>(userdata))();
        // sd-bus frees the array and its strings by free(3).
        // NOLINTNEXTLINE(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory)
        auto** array = static_cast<char**>(std::calloc(paths.size() + 1, sizeof(char*)));
        if (array == nullptr) return -ENOMEM;
        for (std::size_t i = 0; i < paths.size(); ++i)
            array[i] = ::strdup(paths[i].c_str());
        *nodes = array;
        return 1;
    } catch (const std::exception& failure) {
        return set_error(error, failure);
    }
}

} // namespace

Slot add_object(Connection& connection, const std::string& path, const std::string& interface,
                const sd_bus_vtable* vtable, void* object) {
    Slot slot;
    check(sd_bus_add_object_vtable(connection.get(), base::out(slot), path.c_str(),
                                   interface.c_str(), vtable, object),
          ("cannot serve " + interface).c_str());
    return slot;
}

Slot add_objects(Connection& connection, const std::string& prefix, const std::string& interface,
                 const sd_bus_vtable* vtable, void* object,
                 std::function<bool(const std::string&)> exists) {
    Slot slot;
    check(sd_bus_add_fallback_vtable(connection.get(), base::out(slot), prefix.c_str(),
                                     interface.c_str(), vtable, find, nullptr),
          ("cannot serve " + interface).c_str());
    adopt(slot, std::make_unique<Finder>(Finder{object, std::move(exists)}));
    return slot;
}

Slot add_enumerator(Connection& connection, const std::string& prefix, Lister list) {
    Slot slot;
    check(sd_bus_add_node_enumerator(connection.get(), base::out(slot), prefix.c_str(), enumerate,
                                     nullptr),
          "cannot list objects");
    adopt(slot, std::make_unique<Lister>(std::move(list)));
    return slot;
}

Slot add_object_manager(Connection& connection, const std::string& path) {
    Slot slot;
    check(sd_bus_add_object_manager(connection.get(), base::out(slot), path.c_str()),
          "cannot serve the object manager");
    return slot;
}

} // namespace berth::bus
