// SPDX-License-Identifier: LGPL-2.1-or-later
// org.berth1.Manager at /org/berth1: what is not about one object. A handler reads its arguments,
// has the call authorised, has the engine do the work and answers; it decides nothing. The verbs
// stand in manager_containers.cpp, manager_images.cpp and manager_system.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <bus/object.hpp>
#include <container/start.hpp>
#include <daemon/context.hpp>
#include <daemon/gate.hpp>

namespace berth::daemon {

class ManagerObject {
  public:
    explicit ManagerObject(Context& context);
    /// What it has on the bus.
    [[nodiscard]] static const sd_bus_vtable* vtable() noexcept;

    // manager_containers.cpp
    void create_container(bus::Call call);
    void run_container(bus::Call call);
    void get_container(bus::Call call);
    void list_containers(bus::Call call);

    // manager_images.cpp
    void pull_image(bus::Call call);
    void push_image(bus::Call call);
    void load_images(bus::Call call);
    void save_images(bus::Call call);
    void import_image(bus::Call call);
    void build_image(bus::Call call);
    void search_images(bus::Call call);
    void login(bus::Call call);
    void logout(bus::Call call);
    void get_image(bus::Call call);
    void list_images(bus::Call call);
    void tag_image(bus::Call call);
    void remove_image(bus::Call call);

    // manager_system.cpp
    void list_networks(bus::Call call);
    void create_network(bus::Call call);
    void remove_network(bus::Call call);
    void list_volumes(bus::Call call);
    void create_volume(bus::Call call);
    void remove_volume(bus::Call call);
    void info(bus::Call call);
    void disk_usage(bus::Call call);
    void check(bus::Call call);
    void prune(bus::Call call);
    void list_jobs(bus::Call call);
    void get_job(bus::Call call);
    void list_events(bus::Call call);
    void adopt_terminal(bus::Call call);
    [[nodiscard]] std::string version(const std::string& path);
    [[nodiscard]] std::uint32_t api_version(const std::string& path);
    [[nodiscard]] std::string storage_driver(const std::string& path);

  private:
    using PreparedPointer = std::shared_ptr<container::Prepared>;
    /// Finds out what the call would create and has that authorised; `go` gets it then.
    void prepare(const bus::Call& call, const container::CreateRequest& request,
                 std::function<void(const Permit&, PreparedPointer)> go);
    /// The same, after the container whose name is to be taken over has been removed.
    void make(const bus::Call& call, const container::CreateRequest& request,
              const bus::Dict& options, std::function<void(const Permit&, PreparedPointer)> go);
    void replace(const bus::Call& call, const std::string& name, std::function<void()> go);

    Context& context_;
    bus::Slot slot_;
};

} // namespace berth::daemon
