// SPDX-License-Identifier: LGPL-2.1-or-later
// What the daemon asks of a job (jobs/<n>/request.json) and what the job answers (result.json).
// Both sides use these structures; the files are their JSON, keys named as the members.
//
// Bulk data goes by descriptor: load, import, copy-in and login read fd 0; save, export and
// copy-out write fd 1. A job writes no records: what it made counts once the daemon has recorded
// its result.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <berth/error.hpp>
#include <berth/id.hpp>
#include <berth/registry.hpp>

namespace berth::spec {

/// A layer of an image: in the storage driver under `chain`, in the blob store under `blob`.
struct JobLayer {
    LayerId chain;
    Digest diff; ///< of the uncompressed tar
    Digest blob; ///< of the bytes as a registry keeps them
    std::uint64_t blob_size = 0;
    std::uint64_t size = 0; ///< bytes on disk by this layer alone
    std::string media_type; ///< of the blob
    bool operator==(const JobLayer&) const = default;
};

/// An image as jobs hand it over. Its configuration and manifest are blobs; every blob named here
/// exists and is durable when the job's result does.
struct JobImage {
    Digest id;                           ///< of the configuration
    Digest manifest;                     ///< of the manifest in the blob store
    std::optional<Digest> resolved;      ///< what the registry's tag named: an index, or `manifest`
    std::vector<std::string> references; ///< canonical: "docker.io/library/debian:12", may be none
    std::vector<JobLayer> layers;        ///< lowest first
    bool up_to_date = false;             ///< nothing had to be fetched
    bool operator==(const JobImage&) const = default;
};

struct PullRequest {
    std::string reference; ///< as typed; a missing tag is "latest"
    std::string platform;  ///< "os/arch[/variant]"; empty: the host's
    bool all_tags = false; ///< every tag of the repository; `reference` has none then
};

struct PushRequest {
    std::string reference; ///< where to
    /// What to send. Its references at the same host are tried for mounting blobs from.
    JobImage image;
};

/// docker-archive or OCI layout as tar, maybe compressed, from fd 0.
struct LoadRequest {
    std::string platform; ///< where the archive has an index; empty: the host's
};

/// One tar to fd 1 that is both a docker archive and an OCI layout.
struct SaveRequest {
    std::vector<JobImage> images; ///< `references`: the names to write into the archive
};

/// A file system tar, maybe compressed, from fd 0, as an image of one layer.
struct ImportRequest {
    std::string reference; ///< empty: an image without name
    std::vector<std::string> changes;
    std::string message;
    std::string platform;
};

/// A host directory or file that is mounted in the container.
struct JobMount {
    std::string source; ///< absolute, on the host
    std::string target; ///< absolute, in the container
    bool read_only = false;
    bool operator==(const JobMount&) const = default;
};

/// The container that export, commit and the copies work on.
struct JobContainer {
    std::string id;
    std::string layer;            ///< LayerId of its writable layer
    std::string driver;           ///< storage plugin; empty: the configured one
    int pid = 0;                  ///< of its init when it runs, else 0
    std::vector<JobMount> mounts; ///< volumes and binds, for a stopped one
    bool operator==(const JobContainer&) const = default;
};

/// The container's merged tree, without its mounts, as a plain tar to fd 1.
struct ExportRequest {
    JobContainer container;
};

struct CommitRequest {
    JobContainer container;
    std::string reference;            ///< empty: an image without name
    std::optional<JobImage> parent;   ///< the container's image; none: from scratch
    std::string config;               ///< configuration as JSON (dump_image_config) whose "config"
                                      ///< is the container's; empty: the parent's
    std::vector<std::string> changes; ///< 'CMD ["sh"]', 'ENV A=b', ...
    std::string author;
    std::string message;
};

/// A tar from fd 0 goes to `path`, by docker cp's rules: the archive has one root entry, named as
/// the source, with all else below it; or, with `contents`, it holds what goes INTO the directory
/// `path` ("SRC/." was copied).
struct CopyInRequest {
    JobContainer container;
    std::string path; ///< as typed: a trailing "/" asks for a directory
    bool contents = false;
    std::string owner; ///< "uid:gid" for every entry; empty: as in the archive
};

/// `path` as a tar to fd 1, its root entry named by the last component ("." for "DIR/.").
struct CopyOutRequest {
    JobContainer container;
    std::string path;
    bool follow_link = false; ///< when `path` is itself a symbolic link
};

struct SearchRequest {
    std::string term; ///< "[host/]word"
    unsigned limit = 25;
};

/// The secret comes by fd 0, to its end; one trailing line feed is not part of it.
struct LoginRequest {
    std::string host;
    std::string user;
};

/// An image from a Dockerfile. The context is fd 0: a directory, or a tar; what the steps say goes
/// to fd 1.
struct BuildRequest {
    std::string dockerfile;              ///< its text
    std::string name;                    ///< of the Dockerfile, for messages
    std::vector<std::string> references; ///< names of the new image, as typed
    std::map<std::string, std::string> args;
    std::map<std::string, std::string> labels;
    std::string target;    ///< name or number of a stage; empty: the last one
    std::string network;   ///< of the RUN steps; empty: the default network
    bool no_cache = false; ///< every step is done anew
};

using JobOperation = std::variant<PullRequest, PushRequest, LoadRequest, SaveRequest, ImportRequest,
                                  ExportRequest, CommitRequest, CopyInRequest, CopyOutRequest,
                                  SearchRequest, LoginRequest, BuildRequest>;

/// request.json: the operation's own members, "operation" and "uid" in one object.
struct JobRequest {
    JobOperation operation;
    std::uint32_t uid = 0; ///< whose credentials are used
};

/// "pull", "push", "load", "save", "import", "export", "commit", "copy-in", "copy-out", "search",
/// "login", "build".
[[nodiscard]] const char* operation_name(const JobOperation& operation) noexcept;

/// What one step of a build made, to be found again under its key.
struct JobStep {
    std::string key; ///< of all that went into it, 64 hexadecimal digits
    JobLayer layer;
    std::optional<LayerId> parent; ///< the layer below
    bool operator==(const JobStep&) const = default;
};

struct JobResult {
    bool ok = false;
    ErrorCode error = ErrorCode::Internal; ///< "error", only when !ok
    std::string message;                   ///< only when !ok

    std::vector<JobImage> images;    ///< pull, load, import, commit; build: the new one is last
    std::vector<JobStep> steps;      ///< build, also one that failed: parents before children
    std::string digest;              ///< push: of the manifest now in the registry
    std::vector<SearchResult> found; ///< search
    std::string user;                ///< login
    std::vector<std::string> warnings;
};

/// JSON texts. The parsers throw InvalidArgument (request) and Corrupt (result) naming the member;
/// an unknown member of a request is refused.
[[nodiscard]] std::string dump_job_request(const JobRequest& request);
[[nodiscard]] JobRequest parse_job_request(std::string_view json);
[[nodiscard]] std::string dump_job_result(const JobResult& result);
[[nodiscard]] JobResult parse_job_result(std::string_view json);

/// "NotFound" and back; InvalidArgument for a name that is none.
[[nodiscard]] const char* error_name(ErrorCode code) noexcept;
[[nodiscard]] ErrorCode error_code_of(std::string_view name);

/// The largest request.json and result.json that are read.
inline constexpr std::size_t kJobFileLimit = 16U << 20U;

} // namespace berth::spec
