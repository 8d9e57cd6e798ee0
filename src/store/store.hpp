// SPDX-License-Identifier: LGPL-2.1-or-later
// The records: one SQLite database, the only truth about what exists. WAL, so several processes
// (berthd, berth-run, tests) have it open at once and readers never wait for a writer; a writer
// waits up to ten seconds for another one (Busy after that). A Store may be used by several
// threads.
//
// Every function is one transaction. A `Durable` one is on disk when the call returns. A `Lazy` one
// survives the death of every process but may be lost by a power cut: it is for what a power cut
// makes void anyway (a run with --rm, the start time of a process that is gone after a reboot).
//
// Errors: NotFound names the object in docker's words ("No such container: web"), Exists names the
// holder of a name, InvalidArgument an ambiguous prefix, Busy who uses it, Corrupt a damaged
// database, Unsupported one of a newer berth.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <store/records.hpp>
#include <store/tree.hpp>

namespace berth::store {

enum class Durability { Durable, Lazy };

class Database;

class Store {
  public:
    /// Opens the database, makes it or brings it to this version's schema.
    explicit Store(const std::string& path = database_path());
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store();

    // Containers (containers.cpp)

    /// Exists when the name or a leased address is taken. Lazy for auto_remove.
    void add_container(const NewContainer& container);
    [[nodiscard]] ContainerRecord container(const ContainerId& id);
    /// By full id, name, or a prefix of the id that only one has.
    [[nodiscard]] ContainerRecord find_container(std::string_view id_or_name);
    [[nodiscard]] std::optional<ContainerRecord> container_of_unit(const std::string& unit);
    /// Oldest first.
    [[nodiscard]] std::vector<ContainerRecord> containers();
    /// Gives it a new name, and the unit of that name.
    void rename_container(const ContainerId& id, const std::string& name, const std::string& unit);
    void set_container_spec(const ContainerId& id, const std::string& spec_json);
    /// A user starts it: wanted, last error and exit forgotten, restart_count 0.
    void record_start(const ContainerId& id, Usec when, const std::string& boot_id);
    /// It runs; nothing changes when its end is recorded already. Lazy.
    void record_running(const ContainerId& id, Usec started_at, int pid);
    void record_start_error(const ContainerId& id, const std::string& message, int exit_code,
                            Usec when);
    /// Whether it is meant to run, as `stop` and `kill` decide.
    void record_wanted(const ContainerId& id, bool wanted);
    /// Its run has ended. An exit that is recorded already and not newer changes nothing. With
    /// `will_restart` the policy starts it again: it stays wanted and restart_count grows.
    void record_exit(const ContainerId& id, const ExitFacts& facts, bool will_restart = false);
    /// Frees the name and the leases at once. With `anonymous_volumes` also forgets its anonymous
    /// volumes that nothing else uses. Returns the volumes forgotten, for their data to be removed.
    /// Harmless when it is gone. Lazy for auto_remove.
    std::vector<std::string> remove_container(const ContainerId& id, bool anonymous_volumes);

    // Images (images.cpp)

    /// Records an image, its layers (lowest first) and names; a name it takes from another image is
    /// moved. Adding again what is there replaces its manifest.
    void add_image(const ImageRecord& image, const std::vector<ImageLayer>& layers,
                   const std::vector<std::string>& references);
    [[nodiscard]] ImageRecord image(const Digest& id);
    [[nodiscard]] std::optional<ImageRecord> image_by_reference(const std::string& reference);
    /// All whose id starts with the hexadecimal digits of `prefix`; at most two are returned.
    [[nodiscard]] std::vector<ImageRecord> images_by_prefix(std::string_view prefix);
    /// Newest first.
    [[nodiscard]] std::vector<ImageRecord> images();
    [[nodiscard]] std::vector<ImageLayer> image_layers(const Digest& id);
    /// Of one image, sorted.
    [[nodiscard]] std::vector<std::string> references(const Digest& id);
    [[nodiscard]] std::vector<ReferenceRecord> references();
    /// Points a name to an image.
    void set_reference(const std::string& reference, const Digest& id);
    /// False when there is no such name.
    bool remove_reference(const std::string& reference);
    /// Forgets the image and its names; its layers and blobs become unreferenced.
    void remove_image(const Digest& id);
    /// Containers made from it.
    [[nodiscard]] std::vector<ContainerRecord> containers_of_image(const Digest& id);

    // Layers and blobs (layers.cpp)

    [[nodiscard]] std::vector<LayerRecord> layers();
    [[nodiscard]] bool has_layer(const LayerId& chain);
    /// Layers below no image and no container, each before its parent: remove them in this order.
    [[nodiscard]] std::vector<LayerRecord> unreferenced_layers();
    void forget_layers(const std::vector<LayerId>& chains);
    /// Manifests, configurations and layers of every image; other blobs are garbage.
    [[nodiscard]] std::set<Digest> referenced_blobs();

    // Networks (networks.cpp)

    void add_network(const NetworkConfig& network);
    [[nodiscard]] NetworkConfig network(const NetworkId& id);
    /// By name, id or prefix.
    [[nodiscard]] NetworkConfig find_network(std::string_view id_or_name);
    [[nodiscard]] std::vector<NetworkConfig> networks();
    /// Busy while a container holds a lease.
    void remove_network(const NetworkId& id);
    [[nodiscard]] std::vector<Lease> leases(const NetworkId& id);
    [[nodiscard]] std::vector<Lease> leases(const ContainerId& id);
    /// Exists when another container has the address.
    void add_lease(const Lease& lease);

    // Volumes (volumes.cpp)

    void add_volume(const VolumeRecord& volume);
    [[nodiscard]] VolumeRecord volume(const std::string& name);
    [[nodiscard]] std::vector<VolumeRecord> volumes();
    /// Ids of the containers that use it.
    [[nodiscard]] std::vector<ContainerId> volume_users(const std::string& name);
    /// Busy while a container uses it.
    void remove_volume(const std::string& name);

    // Jobs and events (jobs.cpp)

    /// Returns its number; numbers are never used twice.
    std::uint64_t add_job(const JobRecord& job);
    [[nodiscard]] JobRecord job(std::uint64_t number);
    [[nodiscard]] std::vector<JobRecord> jobs();
    /// A job that is finished already stays as it is; false then.
    bool finish_job(std::uint64_t number, JobState state, const std::string& result, Usec when);
    /// Forgets finished jobs older than `before`; returns their numbers.
    std::vector<std::uint64_t> remove_old_jobs(Usec before);

    /// Kept in a ring of kEventLimit. Lazy.
    void add_event(const EventRecord& event);
    /// Oldest first.
    [[nodiscard]] std::vector<EventRecord> events_since(Usec usec);

    // Of the database itself (store.cpp)

    [[nodiscard]] std::optional<std::string> setting(const std::string& key);
    void set_setting(const std::string& key, const std::string& value);
    /// SQLite's own integrity and foreign key check; empty when all is well.
    [[nodiscard]] std::vector<std::string> check();

  private:
    std::unique_ptr<Database> database_;
};

inline constexpr unsigned kEventLimit = 4096;

/// The id of this boot, 32 hexadecimal digits (/proc/sys/kernel/random/boot_id without dashes).
[[nodiscard]] std::string current_boot_id();
[[nodiscard]] Usec now();

} // namespace berth::store
