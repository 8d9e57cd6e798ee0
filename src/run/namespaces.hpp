// SPDX-License-Identifier: LGPL-2.1-or-later
// The namespaces of a container: which are new, which are joined, and how.
#pragma once

#include <cstdint>
#include <vector>

#include <base/fd.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

struct JoinedNamespace {
    base::Fd fd;
    int flag = 0; ///< CLONE_NEW*
};

struct Namespaces {
    std::uint64_t fresh = 0; ///< CLONE_NEW* flags for clone3
    std::vector<JoinedNamespace> joined;
    bool fresh_time = false; ///< of the time namespace, which only unshare(2) makes

    [[nodiscard]] bool is_fresh(int flag) const noexcept {
        return (fresh & static_cast<std::uint64_t>(flag)) != 0;
    }
    /// Own (new or joined), so that what is changed in it is not the host's.
    [[nodiscard]] bool is_own(int flag) const noexcept;
    /// New ones are made by a process that has entered the user namespace to join.
    [[nodiscard]] bool makes_in_joined_user() const noexcept;
};

/// Opens the paths of those to join and checks that each is of the type it is said to be.
[[nodiscard]] Namespaces open_namespaces(const spec::LinuxSection& section);

/// Enters the joined pid and time namespaces, which take effect with the next child. In the helper.
void join_for_children(const Namespaces& namespaces, const spec::LinuxSection& section);
/// Takes that back for the helper's later children.
void leave_for_children(const Namespaces& namespaces);
/// Enters the user namespace alone, before new ones are made in it.
void join_user_namespace(const Namespaces& namespaces);
/// Enters all others. In the child.
void join_in_child(const Namespaces& namespaces);

} // namespace berth::run
