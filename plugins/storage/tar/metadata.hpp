// SPDX-License-Identifier: LGPL-2.1-or-later
// Owner, mode, extended attributes and times of an entry: from the archive to the file, in the
// order that leaves all of them as the archive has them (a change of owner drops set-user-ID bits
// and capabilities).
#pragma once

#include <array>
#include <string>

#include <sys/stat.h>
#include <sys/types.h>

struct archive_entry;

namespace berth::tar {

struct Metadata {
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0;                 ///< permission bits only
    std::array<timespec, 2> times{}; ///< access, modification
};

/// Throws Corrupt for owners that are no 32-bit number.
[[nodiscard]] Metadata read_metadata(archive_entry* entry, const std::string& path);

/// Attributes that are not the image's to set: labels of the host's own policy, and those by which
/// overlayfs is steered.
[[nodiscard]] bool is_foreign_xattr(const std::string& name);

class MetadataWriter {
  public:
    /// `created`: the file was just made by us with its mode in a directory that does not pass its
    /// group on, so that what is root's already need not be set again.
    void apply_to_fd(int fd, archive_entry* entry, const Metadata& metadata, bool created,
                     const std::string& path);
    /// For what must not be opened: links, devices, FIFOs. Uses the working directory.
    void apply_to_name(int dir, const std::string& name, archive_entry* entry,
                       const Metadata& metadata, const std::string& path);

  private:
    void drop_inherited_acl(int fd) const;

    /// A default ACL was set: what is made in its directory inherits it, and must lose it again.
    bool default_acl_ = false;
};

} // namespace berth::tar
