// SPDX-License-Identifier: LGPL-2.1-or-later
#include "output_file.hpp"

#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/random.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::cli {
namespace {

base::Fd standard(int fd, const char* what) {
    if (::isatty(fd) != 0) throw Error(ErrorCode::InvalidArgument, what);
    base::Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!copy) throw_errno("cannot use standard input or output");
    return copy;
}

// Devices and pipes are written as they are.
bool is_plain_target(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode);
}

} // namespace

OutputFile::OutputFile(const std::string& path) : path_(path) {
    if (path.empty() || path == "-") {
        fd_ = standard(STDOUT_FILENO, "refusing to write an archive to the terminal: give -o FILE, "
                                      "or send standard output elsewhere");
        return;
    }
    std::string target = path;
    if (is_plain_target(path)) target = aside_ = path + "." + base::random_hex(4) + ".part";
    fd_.reset(::open(target.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (aside_.empty() ? 0 : O_EXCL),
                     0666));
    if (fd_) return;
    aside_.clear();
    throw_errno("cannot create '" + base::printable(path) + "'");
}

OutputFile::~OutputFile() {
    if (!aside_.empty()) ::unlink(aside_.c_str());
}

void OutputFile::keep() {
    if (aside_.empty()) return;
    if (::rename(aside_.c_str(), path_.c_str()) != 0)
        throw_errno("cannot create '" + base::printable(path_) + "'");
    aside_.clear();
}

base::Fd open_input(const std::string& path, const char* how) {
    if (path.empty() || path == "-") return standard(STDIN_FILENO, how);
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw_errno("cannot open '" + base::printable(path) + "'");
    return fd;
}

} // namespace berth::cli
