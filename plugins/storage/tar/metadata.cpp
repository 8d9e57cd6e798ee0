// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata.hpp"

#include <climits>
#include <cstdint>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::tar {

namespace {

constexpr const char* kAclAccess = "system.posix_acl_access";
constexpr const char* kAclDefault = "system.posix_acl_default";

std::uint32_t checked_owner(std::int64_t id, const std::string& path) {
    if (id >= 0 && id < UINT32_MAX) return static_cast<std::uint32_t>(id);
    throw Error(ErrorCode::Corrupt, "the archive gives '" + base::printable(path) +
                                        "' to the owner " + std::to_string(id) +
                                        ", which is no user or group id");
}

/// A directory that was there gets the archive's attributes, not those and its own.
void clear_xattrs(int fd, const std::string& path) {
    std::vector<char> names(65536);
    const ssize_t length = ::flistxattr(fd, names.data(), names.size());
    if (length < 0 && errno == EOPNOTSUPP) return;
    if (length < 0) throw_errno("cannot list the attributes of '" + base::printable(path) + "'");
    for (const auto& name : base::split({names.data(), static_cast<std::size_t>(length)}, '\0')) {
        if (name.empty() || is_foreign_xattr(name)) continue;
        if (::fremovexattr(fd, name.c_str()) < 0 && errno != ENODATA && errno != EOPNOTSUPP) {
            throw_errno("cannot remove the attribute '" + base::printable(name) + "' of '" +
                        base::printable(path) + "'");
        }
    }
}

/// Calls `set(name, value, size)` for each attribute the entry may have.
template <class Set>
void for_each_xattr(archive_entry* entry, const std::string& path, const Set& set) {
    if (archive_entry_xattr_count(entry) == 0) return;
    archive_entry_xattr_reset(entry);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
        if (name == nullptr || is_foreign_xattr(name)) continue;
        if (set(name, value, size) == 0) continue;
        // What this file system has no place for is left out, as umoci and docker do.
        if (errno == EOPNOTSUPP || errno == ENOTSUP) continue;
        const int cause = errno;
        const std::string what = "cannot set the attribute '" + base::printable(name) + "' of '" +
                                 base::printable(path) + "'";
        if (cause == EINVAL || cause == ERANGE || cause == E2BIG || cause == EPERM) {
            throw Error(ErrorCode::Corrupt, what + ": " + std::strerror(cause), cause);
        }
        throw_errno(what, cause);
    }
}

} // namespace

Metadata read_metadata(archive_entry* entry, const std::string& path) {
    Metadata metadata;
    metadata.uid = checked_owner(archive_entry_uid(entry), path);
    metadata.gid = checked_owner(archive_entry_gid(entry), path);
    metadata.mode = archive_entry_perm(entry) & 07777U;
    const timespec modified{archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)};
    metadata.times = {modified, modified};
    if (archive_entry_atime_is_set(entry) != 0) {
        metadata.times[0] = {archive_entry_atime(entry), archive_entry_atime_nsec(entry)};
    }
    for (auto& time : metadata.times) {
        if (time.tv_nsec < 0 || time.tv_nsec > 999999999) time.tv_nsec = 0;
    }
    return metadata;
}

bool is_foreign_xattr(const std::string& name) {
    const auto starts = [&](const char* prefix) { return name.rfind(prefix, 0) == 0; };
    return starts("trusted.overlay.") || starts("trusted.berth.") || name == "security.selinux" ||
           name == "security.ima" || name == "security.evm" || starts("security.SMACK64") ||
           name == "security.apparmor" || name == "system.nfs4_acl";
}

void MetadataWriter::drop_inherited_acl(int fd) const {
    if (!default_acl_) return;
    for (const char* name : {kAclAccess, kAclDefault}) {
        if (::fremovexattr(fd, name) < 0 && errno != ENODATA && errno != EOPNOTSUPP) {
            throw_errno("cannot remove an inherited ACL");
        }
    }
}

void MetadataWriter::apply_to_fd(int fd, archive_entry* entry, const Metadata& metadata,
                                 bool created, const std::string& path) {
    const bool chowned = !created || metadata.uid != 0 || metadata.gid != 0;
    if (chowned && ::fchown(fd, metadata.uid, metadata.gid) < 0) {
        throw_errno("cannot set the owner of '" + base::printable(path) + "'");
    }
    if (created) {
        drop_inherited_acl(fd);
    } else {
        clear_xattrs(fd, path);
    }
    // The mode was given at creation; only a change of owner takes its upper bits away.
    const bool mode_lost = !created || default_acl_ || (chowned && (metadata.mode & 07000U) != 0);
    if (mode_lost && ::fchmod(fd, metadata.mode) < 0) {
        throw_errno("cannot set the mode of '" + base::printable(path) + "'");
    }
    for_each_xattr(entry, path, [&](const char* name, const void* value, std::size_t size) {
        if (std::strcmp(name, kAclDefault) == 0) default_acl_ = true;
        return ::fsetxattr(fd, name, value, size, 0);
    });
    if (::futimens(fd, metadata.times.data()) < 0) {
        throw_errno("cannot set the times of '" + base::printable(path) + "'");
    }
}

void MetadataWriter::apply_to_name(int dir, const std::string& name, archive_entry* entry,
                                   const Metadata& metadata, const std::string& path) {
    if (::fchownat(dir, name.c_str(), metadata.uid, metadata.gid, AT_SYMLINK_NOFOLLOW) < 0) {
        throw_errno("cannot set the owner of '" + base::printable(path) + "'");
    }
    const bool link = archive_entry_filetype(entry) == AE_IFLNK;
    if (!link && ::fchmodat(dir, name.c_str(), metadata.mode, 0) < 0) {
        throw_errno("cannot set the mode of '" + base::printable(path) + "'");
    }
    if (archive_entry_xattr_count(entry) > 0 && ::fchdir(dir) < 0) {
        throw_errno("cannot enter a directory of the layer");
    }
    const std::string here = "./" + name;
    for_each_xattr(entry, path, [&](const char* key, const void* value, std::size_t size) {
        // Links and devices can't have attributes of users: xattr(7).
        if (std::strncmp(key, "user.", 5) == 0) return 0;
        return ::lsetxattr(here.c_str(), key, value, size, 0);
    });
    if (::utimensat(dir, name.c_str(), metadata.times.data(), AT_SYMLINK_NOFOLLOW) < 0) {
        throw_errno("cannot set the times of '" + base::printable(path) + "'");
    }
}

} // namespace berth::tar
