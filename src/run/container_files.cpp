// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_files.hpp"

#include <exception>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <store/tree.hpp>

namespace berth::run {

namespace {

std::string pid_path(const ContainerId& id) {
    return store::container_runtime_dir(id) + "/pid";
}

void keep_error(const std::string& directory, const std::string& name, int exit_code,
                const std::string& message) noexcept {
    try {
        base::Dir::open(directory).write_atomically(
            name, "[" + std::to_string(exit_code) + "] " + message, 0600);
    } catch (const std::exception& error) {
        log::debug("cannot keep the error: %s", error.what());
    }
}

} // namespace

spec::Bundle load_bundle(const ContainerId& id) {
    const auto path = store::container_dir(id) + "/config.json";
    try {
        return spec::parse_bundle(base::read_file(path, spec::kBundleLimit));
    } catch (const Error& error) {
        throw with_context("container " + id.brief(), error);
    }
}

std::uint64_t start_time(pid_t pid) {
    const base::Fd fd(
        ::open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return 0;
    const auto text = base::read_all(fd.get(), 4096, "stat");
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return 0;
    const auto fields = base::split(std::string_view(text).substr(name_end + 2), ' ');
    // Counted from the state, field 3.
    if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X") return 0;
    return base::parse_number(fields[19]).value_or(0);
}

void record_init(const ContainerId& id, pid_t pid) {
    base::make_directories(store::container_runtime_dir(id), 0700);
    const base::Fd fd(::open(pid_path(id).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd) throw_errno("cannot write '" + pid_path(id) + "'");
    base::write_all(fd.get(), std::to_string(pid) + " " + std::to_string(start_time(pid)) + "\n");
}

std::optional<InitProcess> find_init(const ContainerId& id) {
    const base::Fd fd(::open(pid_path(id).c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return std::nullopt;
    const auto text = base::read_all(fd.get(), 128, pid_path(id));
    const auto fields = base::split(base::trim(text), ' ');
    if (fields.size() != 2) return std::nullopt;
    const auto pid = base::parse_number(fields[0], INT32_MAX);
    const auto since = base::parse_number(fields[1]);
    if (!pid || !since || *since == 0) return std::nullopt;
    InitProcess init{static_cast<pid_t>(*pid), {}};
    init.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, init.pid, 0)));
    if (!init.pidfd || start_time(init.pid) != *since) return std::nullopt;
    return init;
}

void record_start_error(const ContainerId& id, int exit_code, const std::string& message) noexcept {
    keep_error(store::container_dir(id), "start-error", exit_code, message);
}

void record_exec_error(const std::string& request_path, int exit_code,
                       const std::string& message) noexcept {
    const auto slash = request_path.rfind('/');
    const auto name = request_path.substr(slash + 1);
    if (slash == std::string::npos) return;
    keep_error(request_path.substr(0, slash), name.substr(0, name.find('.')) + ".error", exit_code,
               message);
}

void clear_start_error(const ContainerId& id) noexcept {
    ::unlink((store::container_dir(id) + "/start-error").c_str());
}

base::Fd open_stdin_fifo(const ContainerId& id) {
    base::make_directories(store::container_runtime_dir(id), 0700);
    const auto path = store::container_runtime_dir(id) + "/stdin";
    if (::mkfifo(path.c_str(), 0600) < 0 && errno != EEXIST) {
        throw_errno("cannot make '" + path + "'");
    }
    base::Fd fd(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) < 0 || !S_ISFIFO(status.st_mode)) {
        throw_errno("cannot open the FIFO '" + path + "'");
    }
    return fd;
}

void remove_runtime_files(const ContainerId& id) noexcept {
    const auto dir = store::container_runtime_dir(id);
    ::unlink((dir + "/pid").c_str());
    ::unlink((dir + "/stdin").c_str());
    ::rmdir(dir.c_str());
}

} // namespace berth::run
