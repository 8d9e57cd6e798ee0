// SPDX-License-Identifier: LGPL-2.1-or-later
// The one exception type of berth. Plugins throw it too; it crosses the plugin border because
// engine and plugin are built by the same compiler (see plugin.hpp). Messages are for people: what
// failed, on which object, why and, where it is known, what to do about it.
#pragma once

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace berth {

/// What kind of failure it is; one per reaction a caller can have. The daemon maps each to a D-Bus
/// error name below org.berth1.Error, the CLI to an exit status.
enum class ErrorCode {
    InvalidArgument, ///< the request makes no sense; repeating it will fail again
    NotFound,        ///< the named object does not exist
    Exists,          ///< the name is taken
    Busy,            ///< the object is in use or in the wrong state
    Denied,          ///< not allowed, by polkit, a registry or the kernel
    Unsupported,     ///< this kernel, plugin or version can't do it
    Exhausted,       ///< out of space, addresses, ports or a configured limit
    Corrupt,         ///< data fails its digest, its format or its own consistency
    Io,              ///< a system call or the network failed
    Cancelled,       ///< somebody asked for it to stop
    Internal,        ///< a fault of berth itself
};

class __attribute__((visibility("default"))) Error : public std::runtime_error {
  public:
    Error(ErrorCode code, const std::string& message, int sys_errno = 0)
        : std::runtime_error(message), code_(code), sys_errno_(sys_errno) {}

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }
    /// The errno behind the failure, 0 where there is none.
    [[nodiscard]] int sys_errno() const noexcept { return sys_errno_; }

  private:
    ErrorCode code_;
    int sys_errno_;
};

/// The code that suits an errno, for system calls on things the caller named.
inline ErrorCode code_from_errno(int sys_errno) noexcept {
    switch (sys_errno) {
    case ENOENT:
        return ErrorCode::NotFound;
    case EEXIST:
        return ErrorCode::Exists;
    case EBUSY:
        return ErrorCode::Busy;
    case EACCES:
    case EPERM:
        return ErrorCode::Denied;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return ErrorCode::Exhausted;
    case ENOSYS:
    case EOPNOTSUPP:
    case ENODEV:
        return ErrorCode::Unsupported;
    default:
        return ErrorCode::Io;
    }
}

/// Throws "MESSAGE: strerror(sys_errno)" with the code that suits the errno.
[[noreturn]] inline void throw_errno(const std::string& message, int sys_errno = errno) {
    throw Error(code_from_errno(sys_errno), message + ": " + std::strerror(sys_errno), sys_errno);
}

/// The same failure with the context of an outer step put in front: "CONTEXT: message".
[[nodiscard]] inline Error with_context(const std::string& context, const Error& inner) {
    return Error(inner.code(), context + ": " + inner.what(), inner.sys_errno());
}

} // namespace berth
