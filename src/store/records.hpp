// SPDX-License-Identifier: LGPL-2.1-or-later
// What berth.db keeps, as values. Times are microseconds since the epoch, 0: never. A container's
// running state is not here: that is what its unit says; the record holds what the unit forgets.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <berth/id.hpp>
#include <berth/network.hpp>

namespace berth::store {

/// Microseconds since the epoch.
using Usec = std::int64_t;

/// How a container's last run ended, in the words of systemd's $SERVICE_RESULT.
struct ExitFacts {
    Usec finished_at = 0;
    int exit_code = 0;   ///< as docker counts: the status, or 128 + the signal
    int exit_signal = 0; ///< the signal that killed it, 0 if it exited
    bool oom_killed = false;
    std::string result; ///< "success", "exit-code", "signal", "oom-kill", "timeout", ...
};

struct ContainerRecord {
    ContainerId id;
    std::string name;
    std::string unit;      ///< "berth-NAME.service"; follows the name when it is not running
    std::string spec;      ///< spec::ContainerSpec as JSON
    std::string image_ref; ///< as typed
    std::string image_id;  ///< digest; the image may be gone since (rmi -f)
    std::optional<LayerId> image_layer; ///< the top layer it stands on; none: an empty image
    std::string storage_driver;
    std::uint32_t owner_uid = 0;
    bool auto_remove = false;
    Usec created = 0;

    bool wanted = false;        ///< started, and not stopped by anybody since
    Usec started_at = 0;        ///< of the last start
    unsigned restart_count = 0; ///< restarts by the policy since the last start by a user
    int pid = 0;                ///< of the init as last seen; the unit knows better
    std::string boot_id;        ///< the boot of the last start
    std::string start_error;    ///< why the last start failed; empty: it did not
    ExitFacts exit;             ///< finished_at 0: it has not ended yet
};

/// An address a container holds in a network, from its creation to its removal: a restart keeps it.
struct Lease {
    NetworkId network;
    ContainerId container;
    std::string address; ///< without prefix length
};

struct VolumeRecord {
    std::string name;
    std::map<std::string, std::string> labels;
    bool anonymous = false; ///< made for one container, removed with `rm -v` and by --rm
    std::uint32_t owner_uid = 0;
    Usec created = 0;
};

/// All that one creation writes, in one transaction.
struct NewContainer {
    ContainerRecord record;
    std::vector<Lease> leases;
    std::vector<VolumeRecord> new_volumes; ///< made by it (a name that is there already is kept)
    std::vector<std::string> volumes;      ///< all it uses, the new ones too
};

struct ImageRecord {
    Digest id;       ///< of the configuration
    Digest manifest; ///< of the manifest it came by; its blobs are kept
    std::string manifest_media_type;
    std::uint64_t size = 0; ///< sum of its layers, unpacked
    Usec created = 0;       ///< as the configuration says
    Usec added = 0;
    std::string architecture;
    std::string os;
    std::string variant;
    std::map<std::string, std::string> labels;
};

/// One layer of an image, lowest first in every list.
struct ImageLayer {
    LayerId chain;
    Digest diff;            ///< of the uncompressed tar
    std::uint64_t size = 0; ///< unpacked
    std::string driver;     ///< the storage plugin that has it
    Digest blob;            ///< as this image's manifest names it
    std::string media_type;
    std::uint64_t blob_size = 0;
};

/// A name of an image: "docker.io/library/debian:12", or with "@sha256:.." a repository digest.
struct ReferenceRecord {
    std::string reference;
    Digest image;
};

struct LayerRecord {
    LayerId chain;
    std::optional<LayerId> parent;
    Digest diff;
    std::uint64_t size = 0;
    std::string driver;
};

enum class JobState { Running, Done, Failed, Cancelled };

struct JobRecord {
    std::uint64_t number = 0; ///< given by add_job
    std::string operation;    ///< "pull", "push", ...
    std::string description;  ///< "debian:12"
    std::string request;      ///< JSON, without secrets
    std::uint32_t owner_uid = 0;
    JobState state = JobState::Running;
    Usec started = 0;
    Usec finished = 0;
    std::string result;  ///< JSON of the outcome
    std::string boot_id; ///< the boot it ran in
};

struct EventRecord {
    Usec usec = 0;
    std::string kind;   ///< "container", "image", "network", "volume", "job"
    std::string action; ///< "create", "start", "die", ...
    std::string id;
    std::map<std::string, std::string> attributes;
};

} // namespace berth::store
