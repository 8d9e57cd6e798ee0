// SPDX-License-Identifier: LGPL-2.1-or-later
// One command of berth-oci: how it is called and what it does.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <run/oci/arguments.hpp>
#include <run/oci/state.hpp>

namespace berth::run::oci {

enum class CgroupManager {
    Files,    ///< cgroups are made here, by mkdir(2)
    Systemd,  ///< systemd is asked for a scope
    Disabled, ///< the container stays in the caller's
};

/// What stands before the command.
struct Globals {
    std::string root; ///< where the state of containers lies
    CgroupManager cgroups = CgroupManager::Files;
};

struct Verb {
    std::string_view name;
    std::string_view usage; ///< what stands behind the options: "CONTAINER"
    std::string_view help;
    std::span<const Option> options;
    Order order = Order::Any;
    /// Returns the exit status.
    int (*run)(const Globals&, const Arguments&) = nullptr;
};

extern const Verb kCreateVerb;
extern const Verb kDeleteVerb;
extern const Verb kEventsVerb;
extern const Verb kExecVerb;
extern const Verb kFeaturesVerb;
extern const Verb kKillVerb;
extern const Verb kListVerb;
extern const Verb kPauseVerb;
extern const Verb kPsVerb;
extern const Verb kResumeVerb;
extern const Verb kRunVerb;
extern const Verb kSpecVerb;
extern const Verb kStartVerb;
extern const Verb kStateVerb;
extern const Verb kUpdateVerb;

/// A container that is there, as most commands begin.
struct Found {
    StateDir dir;
    State state;
    Status status = Status::Stopped;
};
/// NotFound if there is none of that id.
[[nodiscard]] Found find_container(const Globals& globals, const std::string& id);

/// Conflict naming the status, unless it is one of those allowed: "cannot start a container that
/// is stopped".
void require_status(const Found& found, std::initializer_list<Status> allowed,
                    std::string_view what);

/// Writes a line on standard output.
void print(const std::string& text);

} // namespace berth::run::oci
