// SPDX-License-Identifier: LGPL-2.1-or-later
#include "notify.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

#include <base/fd.hpp>
#include <berth/error.hpp>

namespace berth::run {

void notify_ready(pid_t main_pid) {
    const char* path = ::secure_getenv("NOTIFY_SOCKET");
    if (path == nullptr || (*path != '/' && *path != '@')) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t length = std::strlen(path);
    if (length >= sizeof address.sun_path) {
        throw Error(ErrorCode::InvalidArgument, "$NOTIFY_SOCKET is too long");
    }
    std::memcpy(static_cast<char*>(address.sun_path), path, length);
    if (*path == '@') address.sun_path[0] = '\0';
    const base::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto text = "READY=1\nMAINPID=" + std::to_string(main_pid);
    if (!fd || ::sendto(fd.get(), text.data(), text.size(), MSG_NOSIGNAL,
                        reinterpret_cast<const sockaddr*>(&address),
                        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length)) < 0) {
        throw_errno("cannot tell systemd that the container runs");
    }
}

} // namespace berth::run
