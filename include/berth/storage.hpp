// SPDX-License-Identifier: LGPL-2.1-or-later
// The storage interface: layers stacked on parents, cheap to create, turned into tar and back.
//
// A layer is created empty on a parent, filled (an image layer by apply(), a container's by the
// container), and, if it belongs to an image, completed: from then on it never changes. A layer
// that is not complete after a crash is removed by check(repair). All functions may be called from
// several threads and several processes at once for different layers; the engine serialises calls
// on one layer. Every function throws berth::Error; unknown layers are NotFound.
//
// No function leaves a mount in the caller's mount namespace: mounting is described by a MountPlan
// and done by whoever needs the files, in a mount namespace of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <berth/id.hpp>
#include <berth/plugin.hpp>

namespace berth {

/// Whether a layer will be completed, or written to by a container.
enum class LayerKind { Image, Container };

struct LayerOptions {
    LayerKind kind = LayerKind::Image;
    std::uint64_t size_limit = 0; ///< bytes; 0: none. Unsupported where the driver has no quota
};

/// One mount to make, in the words of the new mount API. `options` keep their order and may repeat
/// a key (`lowerdir+`). With `classic`, mount(2) is used: the options are joined by commas,
/// relative names in them start at `work_dir`, and `appends` follow one by one as remounts.
struct MountStep {
    std::string filesystem; ///< "overlay", "aufs", "ext4", or "bind"
    std::string source;
    std::vector<std::pair<std::string, std::string>> options; ///< a flag has an empty value
    bool read_only = false; ///< this mount; others of the same file system may be writable
    bool frozen = false;    ///< the file system as a whole: nothing is written to its device
    bool classic = false;
    std::string work_dir;
    std::vector<std::string> appends;
};

/// How to make a layer's merged tree appear. Steps are stacked in order on the same place; the last
/// one is what a container sees.
struct MountPlan {
    std::vector<MountStep> steps;
};

/// What apply() found out on the way.
struct Applied {
    std::uint64_t bytes = 0;   ///< of regular file content written
    std::uint64_t entries = 0; ///< of the archive
};

/// What one layer costs.
struct Usage {
    std::uint64_t bytes = 0; ///< allocated on disk by this layer alone, as du counts
    std::uint64_t inodes = 0;
};

enum class ChangeKind { Added, Modified, Deleted };

struct Change {
    ChangeKind kind = ChangeKind::Added;
    std::string path; ///< absolute inside the layer, "/etc/passwd"
};

/// Something check() found: a sentence for people, and whether it has been repaired.
struct Finding {
    std::string text;
    bool repaired = false;
};

/// What the engine may expect of a driver.
struct StorageTraits {
    /// True: image layers can be applied before their parents, all at once (overlay, aufs).
    bool independent_layers = false;
    /// True: LayerOptions::size_limit works on this machine.
    bool quota = false;
    /// True: mount_plan() and deactivate() work on block devices, and the plan mounts one.
    bool devices = false;
    unsigned max_depth = 0; ///< the most layers below one mount
};

/// The plugin's object.
class Storage {
  public:
    Storage() = default;
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;
    virtual ~Storage() = default;

    /// Can this kernel and this state directory do it; asked once at start, never throws for a no.
    [[nodiscard]] virtual Probe probe() = 0;
    /// The same at every call.
    [[nodiscard]] virtual StorageTraits traits() const = 0;
    /// Name and value pairs for `berth info` ("Backing Filesystem", "extfs").
    [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> status() const = 0;

    /// Makes an empty layer on `parent`. Exists if it is there and complete; one that is there and
    /// incomplete is made anew. The parent must exist, and be complete unless independent_layers.
    virtual void create(const LayerId& id, const std::optional<LayerId>& parent,
                        const LayerOptions& options) = 0;

    /// Unpacks an uncompressed tar stream with the image format's whiteouts into the layer, reading
    /// `tar_fd` to its end. Nothing outside the layer is reachable while it runs: the CALLING
    /// PROCESS IS CONFINED to the layer for good, so it is called in a process made for it. Corrupt
    /// for a hostile or broken archive, Exhausted past `max_bytes` of content. With
    /// independent_layers and an archive whose entries need the parents' content (a parent
    /// directory or a hard link's target that is not in it), throws Busy: apply again by
    /// apply_on_parents once those are there.
    [[nodiscard]] virtual Applied apply(const LayerId& id, int tar_fd, std::uint64_t max_bytes) = 0;
    /// The same through the merged view of the layer and its complete parents.
    [[nodiscard]] virtual Applied apply_on_parents(const LayerId& id, int tar_fd,
                                                   std::uint64_t max_bytes) = 0;

    /// Makes what is in the layer durable, then marks it complete; after a power cut it is either
    /// complete and whole, or incomplete. Idempotent.
    virtual void complete(const LayerId& id) = 0;
    /// False for one that is not there.
    [[nodiscard]] virtual bool is_complete(const LayerId& id) = 0;
    /// All layers there are, complete or not, in any order.
    [[nodiscard]] virtual std::vector<LayerId> list() = 0;

    /// Writes what the layer changes against its parent as an uncompressed tar with the image
    /// format's whiteouts, entries in a stable order. Confines nothing; reads by directory fd. A
    /// reader that goes away is Io, not SIGPIPE.
    virtual void diff(const LayerId& id, int tar_fd) = 0;
    /// The same as a list, sorted by path.
    [[nodiscard]] virtual std::vector<Change> changes(const LayerId& id) = 0;

    /// How to mount it; `read_only` for looking at it. May activate a device, which deactivate()
    /// lets go; both idempotent, both called in the mounting process.
    [[nodiscard]] virtual MountPlan mount_plan(const LayerId& id, bool read_only) = 0;
    virtual void deactivate(const LayerId& id) = 0;

    /// Removes the layer; harmless when it is gone. Busy when another layer has it as parent.
    virtual void remove(const LayerId& id) = 0;
    /// May take as long as du(1) does.
    [[nodiscard]] virtual Usage usage(const LayerId& id) = 0;

    /// Compares what is on disk with itself: incomplete layers, missing parents, leftovers of a
    /// crash. With `repair` they are removed or mended. `in_use` are incomplete layers that belong
    /// to jobs still running, not to be touched.
    [[nodiscard]] virtual std::vector<Finding> check(bool repair,
                                                     const std::vector<LayerId>& in_use) = 0;
};

} // namespace berth
