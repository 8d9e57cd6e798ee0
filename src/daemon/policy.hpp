// SPDX-License-Identifier: LGPL-2.1-or-later
// Who may do what: one table from method to guard, and from guard and facts to the polkit action.
// A method that is not in the table is denied. Pure: polkit itself is asked by the Gate.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include <bus/value.hpp>

namespace berth::daemon {

/// How a method is guarded.
enum class Guard {
    Open,    ///< everybody may: lists and lookups without secrets
    Root,    ///< root alone, never polkit
    Action,  ///< the row's polkit action
    OwnOpen, ///< the owner freely, others by the row's action
    Manage,  ///< an owner's container: container-manage-own; another's: container-manage
    Launch,  ///< like Manage, but -own only if what starts is confined
    Exec,    ///< own and confined: container-manage-own; else container-exec
    Run,     ///< by the risk of the request: container-run, -host or -privileged
};

struct PolicyRow {
    std::string_view interface;
    std::string_view method;
    Guard guard;
    std::string_view action; ///< of Action and OwnOpen, without "org.berth1."
};

/// How far a container reaches beyond itself.
enum class Risk {
    Confined,   ///< own user namespace, nothing of the host
    Host,       ///< host paths, namespaces, devices, capabilities, or the host's user ids
    Privileged, ///< --privileged, or the engine's or the bus's own sockets
};

/// What is known about one call when it is authorised.
struct Facts {
    std::optional<uid_t> owner; ///< of the object it is about
    Risk risk = Risk::Host;
    bus::StringMap details; ///< for polkit's rules and dialogs
};

[[nodiscard]] std::span<const PolicyRow> policy_table() noexcept;
[[nodiscard]] const PolicyRow* find_policy(std::string_view interface,
                                           std::string_view method) noexcept;

enum class Verdict { Allowed, Denied, Ask };
struct Decision {
    Verdict verdict = Verdict::Denied;
    std::string action; ///< of Ask: "org.berth1.image-pull"
};
/// For a caller that is not root.
[[nodiscard]] Decision decide(const PolicyRow& row, const Facts& facts, uid_t caller);

} // namespace berth::daemon
