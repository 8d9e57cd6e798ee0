// SPDX-License-Identifier: LGPL-2.1-or-later
#include "payload.hpp"

#include <algorithm>
#include <array>
#include <climits>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/channel.hpp>

namespace berth::run {

namespace {

const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string value_of(const std::vector<std::string>& environment, const std::string& name) {
    for (const auto& entry : environment) {
        if (entry.compare(0, name.size() + 1, name + "=") == 0) {
            return entry.substr(name.size() + 1);
        }
    }
    return {};
}

bool has(const std::vector<std::string>& environment, const std::string& name) {
    return std::any_of(environment.begin(), environment.end(), [&](const std::string& entry) {
        return entry.compare(0, name.size() + 1, name + "=") == 0;
    });
}

/// 0, or the errno why the file can't be started.
int trouble_with(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) < 0) return errno;
    if (S_ISDIR(status.st_mode)) return EISDIR;
    if (!S_ISREG(status.st_mode)) return EACCES;
    return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) < 0 ? errno : 0;
}

[[noreturn]] void fail(const std::string& name, int trouble) {
    const bool missing = trouble == ENOENT || trouble == ENOTDIR;
    throw StartError(missing ? kExitNotFound : kExitNotExecutable,
                     Error(missing ? ErrorCode::NotFound : ErrorCode::Denied,
                           "exec: \"" + base::printable(name) + "\": " + std::strerror(trouble),
                           trouble));
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (const auto& text : strings)
        result.push_back(const_cast<char*>(text.c_str()));
    result.push_back(nullptr);
    return result;
}

} // namespace

void make_working_directory(const base::Dir& root, const std::string& path,
                            const Identity& identity) {
    if (root.find_file(path, O_PATH | O_DIRECTORY, base::Resolve::InRoot)) return;
    const auto made = root.make_dirs(path, 0755, base::Resolve::InRoot);
    if (::fchown(made.fd(), identity.uid, identity.gid) < 0) {
        throw_errno("cannot give the working directory '" + path + "' to its user");
    }
}

void enter_working_directory(const std::string& path) {
    if (::chdir(path.c_str()) < 0) {
        const int error = errno;
        throw StartError(error == ENOENT ? kExitNotFound : kExitNotExecutable,
                         Error(code_from_errno(error),
                               "cannot enter the working directory '" + base::printable(path) +
                                   "': " + std::strerror(error),
                               error));
    }
    // The system call says "(unreachable)..." for a place outside the root.
    std::array<char, PATH_MAX> where{};
    if (::syscall(SYS_getcwd, where.data(), where.size()) < 0 || where[0] != '/') {
        throw Error(ErrorCode::Denied, "the working directory '" + base::printable(path) +
                                           "' lies outside the container's root");
    }
}

std::vector<std::string> payload_environment(const spec::Process& process,
                                             const Identity& identity) {
    std::vector<std::string> environment;
    for (const auto& entry : process.env) {
        const auto name = entry.substr(0, entry.find('='));
        const auto same =
            std::find_if(environment.begin(), environment.end(), [&](const std::string& other) {
                return other.substr(0, other.find('=')) == name;
            });
        if (same != environment.end()) {
            *same = entry;
        } else {
            environment.push_back(entry);
        }
    }
    if (!has(environment, "HOME")) {
        environment.push_back("HOME=" + (identity.home.empty() ? "/" : identity.home));
    }
    return environment;
}

std::string find_program(const std::string& name, const std::vector<std::string>& environment) {
    if (name.find('/') != std::string::npos) {
        if (const int trouble = trouble_with(name)) fail(name, trouble);
        return name;
    }
    int denied = 0;
    const auto path = has(environment, "PATH") ? value_of(environment, "PATH") : kDefaultPath;
    for (const auto& directory : base::split(path, ':')) {
        const auto candidate = (directory.empty() ? "." : directory) + "/" + name;
        const int trouble = name.empty() ? ENOENT : trouble_with(candidate);
        if (trouble == 0) return candidate;
        if (trouble == EACCES) denied = trouble;
    }
    if (denied != 0) fail(name, denied);
    throw StartError(kExitNotFound,
                     Error(ErrorCode::NotFound, "exec: \"" + base::printable(name) +
                                                    "\": executable file not found in $PATH"));
}

void exec_program(const std::string& path, const std::vector<std::string>& args,
                  const std::vector<std::string>& environment) {
    const auto argv = pointers(args);
    const auto envp = pointers(environment);
    ::execve(path.c_str(), argv.data(), envp.data());
    fail(path, errno);
}

} // namespace berth::run
