// SPDX-License-Identifier: LGPL-2.1-or-later
#include "file.hpp"

#include <array>

#include <fcntl.h>
#include <sys/stat.h>

#include <base/fd.hpp>
#include <berth/error.hpp>

namespace berth::base {

std::string read_all(int fd, std::uint64_t limit, const std::string& name) {
    std::string content;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw_errno("cannot read '" + name + "'");
        if (count == 0) return content;
        content.append(buffer.data(), static_cast<std::size_t>(count));
        if (content.size() > limit) {
            throw Error(ErrorCode::Exhausted, "'" + name + "' is larger than the " +
                                                  std::to_string(limit) + " bytes allowed");
        }
    }
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw_errno("cannot write");
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::string read_file(const std::string& path, std::uint64_t limit) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd) throw_errno("cannot open '" + path + "'");
    return read_all(fd.get(), limit, path);
}

void make_directories(const std::string& path, mode_t mode) {
    for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
        const std::string part = path.substr(0, slash);
        if (::mkdir(part.c_str(), mode) < 0 && errno != EEXIST) {
            throw_errno("cannot make the directory '" + part + "'");
        }
        if (slash == std::string::npos) return;
    }
}

} // namespace berth::base
