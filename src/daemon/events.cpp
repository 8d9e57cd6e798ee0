// SPDX-License-Identifier: LGPL-2.1-or-later
#include "events.hpp"

#include <base/log.hpp>
#include <bus/connection.hpp>
#include <daemon/job_result.hpp>
#include <daemon/operations.hpp>
#include <store/store.hpp>

namespace berth::daemon {

namespace {

void log_unkept(const std::exception_ptr& failure) noexcept {
    log::failure(log::warning, "an event was not kept", failure);
}

// "pull" of an image is an event of the image.
bool is_image_operation(const std::string& operation) {
    return operation == "pull" || operation == "push" || operation == "load" ||
           operation == "save" || operation == "import" || operation == "commit";
}

} // namespace

void Events::emit(const std::string& kind, const std::string& action, const std::string& id,
                  const bus::StringMap& attributes) {
    const store::EventRecord event{store::now(), kind, action, id, attributes};
    context_.connection.emit(bus::kRootPath, bus::kManagerInterface, "Event",
                             static_cast<std::uint64_t>(event.usec), kind, action, id, attributes);
    context_.operations.background([this, event] { context_.store.add_event(event); }, [] {},
                                   log_unkept);
}

void Events::container(const store::ContainerRecord& record, const std::string& action,
                       bus::StringMap attributes) {
    attributes["name"] = record.name;
    attributes["image"] = record.image_ref;
    emit("container", action, record.id.str(), attributes);
}

void Events::job_finished(const store::JobRecord& record) {
    const bus::StringMap attributes{{"operation", record.operation},
                                    {"name", record.description},
                                    {"state", job_state_name(record.state)}};
    if (record.state == store::JobState::Done && is_image_operation(record.operation)) {
        emit("image", record.operation, record.description, attributes);
    }
    emit("job", job_state_name(record.state), std::to_string(record.number), attributes);
}

} // namespace berth::daemon
