// SPDX-License-Identifier: LGPL-2.1-or-later
// org.berth1.Container at /org/berth1/container/<64 hex>: one object serves all containers and
// learns from the path which one is meant. The verbs stand in container_lifecycle.cpp,
// container_exec.cpp, container_files.cpp and container_view.cpp. Properties are broadcast to every
// user, so what may be secret (environment, mounts, labels) is in Inspect instead.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <bus/object.hpp>
#include <container/state.hpp>
#include <container/stop.hpp>
#include <daemon/context.hpp>
#include <daemon/gate.hpp>
#include <spec/job.hpp>

namespace berth::daemon {

inline constexpr const char* kContainerInterface = "org.berth1.Container";

class ContainerObject {
  public:
    explicit ContainerObject(Context& context);
    /// What it has on the bus.
    [[nodiscard]] static const sd_bus_vtable* vtable() noexcept;

    // container_lifecycle.cpp
    void start(bus::Call call);
    void stop(bus::Call call);
    void restart(bus::Call call);
    void kill(bus::Call call);
    void pause(bus::Call call);
    void resume(bus::Call call);
    void remove(bus::Call call);
    void rename(bus::Call call);
    void update(bus::Call call);
    void wait(bus::Call call);

    // container_exec.cpp
    void attach(bus::Call call);
    void exec(bus::Call call);
    void wait_exec(bus::Call call);

    // container_files.cpp
    void commit(bus::Call call);
    void copy_in(bus::Call call);
    void copy_out(bus::Call call);
    void export_root(bus::Call call);
    void changes(bus::Call call);

    // container_view.cpp
    void inspect(bus::Call call);
    void top(bus::Call call);
    void stats(bus::Call call);
    void logs(bus::Call call);

    // container_properties.cpp
    [[nodiscard]] std::string id(const std::string& path);
    [[nodiscard]] std::string name(const std::string& path);
    [[nodiscard]] std::string image(const std::string& path);
    [[nodiscard]] std::string image_ref(const std::string& path);
    [[nodiscard]] std::string unit(const std::string& path);
    [[nodiscard]] std::string state(const std::string& path);
    [[nodiscard]] bool tty(const std::string& path);
    [[nodiscard]] bool auto_remove(const std::string& path);
    [[nodiscard]] std::uint32_t owner_uid(const std::string& path);
    [[nodiscard]] std::uint32_t main_pid(const std::string& path);
    [[nodiscard]] std::int32_t exit_code(const std::string& path);
    [[nodiscard]] std::uint32_t restart_count(const std::string& path);
    [[nodiscard]] std::uint64_t created_at(const std::string& path);
    [[nodiscard]] std::uint64_t started_at(const std::string& path);
    [[nodiscard]] std::uint64_t finished_at(const std::string& path);

  private:
    using Work = std::function<void(const store::ContainerRecord&)>;

    /// A call without result: authorised, done on a pool thread, told as an event, answered.
    void act(const bus::Call& call, const std::string& event, Work work);
    void stop_or_restart(const bus::Call& call, const bus::Dict& options, const char* event,
                         std::function<void(const ContainerId&, const container::StopOptions&)> go);
    [[nodiscard]] store::ContainerRecord record_of(const bus::Call& call);
    [[nodiscard]] container::Condition condition(const std::string& path);
    [[nodiscard]] spec::JobContainer job_container(const store::ContainerRecord& record);

    Context& context_;
    bus::Slot slot_;
    bus::Slot enumerator_;
};

} // namespace berth::daemon
