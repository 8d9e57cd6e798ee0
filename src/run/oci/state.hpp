// SPDX-License-Identifier: LGPL-2.1-or-later
// What berth-oci keeps of a container between its commands: ROOT/ID/state.json and a copy of the
// bundle's config.json, which later changes of the bundle don't touch.
// Source: OCI runtime-spec, runtime.md "State".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <run/container_files.hpp>
#include <spec/bundle.hpp>

namespace berth::run::oci {

struct State {
    std::string id;
    pid_t pid = 0;
    std::uint64_t start_time = 0; ///< tells the process from a later one of that number
    std::string bundle;           ///< absolute
    std::string created;          ///< RFC 3339
    std::string cgroup;           ///< directory of its cgroup; empty: none of its own
    bool made_cgroup = false;     ///< that directory was not there before
    std::string scope;            ///< the unit that systemd made for it; empty: none
    uid_t owner = 0;
};

enum class Status { Creating, Created, Running, Paused, Stopped };
[[nodiscard]] const char* status_name(Status status) noexcept;

/// The directory of one container below the runtime's root.
class StateDir {
  public:
    /// InvalidArgument for an id that can't be one.
    StateDir(const std::string& root, const std::string& id);

    /// Claims the id; Exists if there is such a container.
    void make() const;
    void save(const State& state) const;
    void save_config(const std::string& json) const;
    /// NotFound if there is no such container.
    [[nodiscard]] State load() const;
    [[nodiscard]] spec::Bundle load_config() const;
    void remove() const;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string start_socket() const { return path_ + "/start.sock"; }

  private:
    std::string path_;
    std::string id_;
};

[[nodiscard]] Status status_of(const StateDir& dir, const State& state);
/// Its first process, held; empty when it is gone.
[[nodiscard]] std::optional<InitProcess> init_of(const State& state);
/// The ids below a root, sorted.
[[nodiscard]] std::vector<std::string> list_ids(const std::string& root);

/// The state as the specification has it, for `state` and for hooks.
[[nodiscard]] std::string state_json(const State& state, Status status, const spec::Bundle& bundle);
[[nodiscard]] std::string now_text();

} // namespace berth::run::oci
