// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells everybody what happens, as docker's events do: the Event signal, and the ring in the store
// for who asks later. Broadcast to every user, so nothing secret is in them.
#pragma once

#include <string>

#include <bus/value.hpp>
#include <daemon/context.hpp>
#include <store/records.hpp>

namespace berth::daemon {

class Events {
  public:
    explicit Events(Context& context) : context_(context) {}

    void emit(const std::string& kind, const std::string& action, const std::string& id,
              const bus::StringMap& attributes);
    /// With the container's name and image, and its labels.
    void container(const store::ContainerRecord& record, const std::string& action,
                   bus::StringMap attributes = {});
    void job_finished(const store::JobRecord& record);

  private:
    Context& context_;
};

} // namespace berth::daemon
