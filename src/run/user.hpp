// SPDX-License-Identifier: LGPL-2.1-or-later
// Who a container's process is: docker's USER and --group-add, resolved in the image's own
// /etc/passwd and /etc/group, which are untrusted: regular files of bounded size, read by
// descriptor below the root, strict numbers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include <base/dir.hpp>
#include <spec/bundle.hpp>

namespace berth::run {

struct Identity {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups; ///< exactly what setgroups(2) gets
    std::string home;          ///< empty: the files know none
};

/// The files' contents, empty where there is no file.
struct AccountFiles {
    std::string passwd;
    std::string group;
};
[[nodiscard]] AccountFiles read_account_files(const base::Dir& root);

/// `user` is "", name, uid, name:group or any mix of names and numbers; `groups` are names or
/// numbers. Pure. NotFound for an unknown name, InvalidArgument for a number of 2^31 or more.
[[nodiscard]] Identity resolve_user(const AccountFiles& files, const std::string& user,
                                    const std::vector<std::string>& groups);

/// Who the bundle's process is: by the annotation org.berth1.user if it is there, else by
/// process.user. `user` overrides the annotation (exec --user).
[[nodiscard]] Identity find_identity(const base::Dir& root, const spec::Bundle& bundle,
                                     const spec::Process& process, const std::string& user = "");

} // namespace berth::run
