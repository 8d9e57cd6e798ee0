// SPDX-License-Identifier: LGPL-2.1-or-later
#include "seccomp_filter.hpp"

#include <cstdio>
#include <cstring>

#include <berth_config.hpp>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/log.hpp>
#include <berth/error.hpp>
#include <run/seccomp_names.hpp>

namespace berth::run {

namespace {

constexpr std::uint64_t kMaxCacheFile = 4U << 20U;

/// All that the program depends on, as text.
std::string key_of(const spec::SeccompPolicy& policy) {
    const auto* version = seccomp_version();
    std::string key = std::string("berth " BERTH_VERSION " libseccomp ") +
                      std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
                      std::to_string(version->micro) + " " + std::to_string(seccomp_arch_native()) +
                      "\n";
    const auto add = [&](const std::string& text) { key += text + '\n'; };
    add(policy.default_action + " " +
        std::to_string(policy.default_errno_ret.value_or(UINT32_MAX)));
    for (const auto& name : policy.architectures)
        add(name);
    for (const auto& rule : policy.rules) {
        add("-" + rule.action + " " + std::to_string(rule.errno_ret.value_or(UINT32_MAX)));
        for (const auto& arg : rule.args) {
            add("+" + arg.op + " " + std::to_string(arg.index) + " " + std::to_string(arg.value) +
                " " + std::to_string(arg.value_two));
        }
        for (const auto& name : rule.names)
            key += name + ' ';
        key += '\n';
    }
    return key;
}

/// Names the file only; what counts is the whole key, which lies in it.
std::string file_name(const std::string& key) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : key)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "%016llx.bpf", static_cast<unsigned long long>(hash));
    return name.data();
}

FilterProgram read_cache(const base::Dir& dir, const std::string& name, const std::string& key) {
    const auto fd = dir.find_file(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    struct stat status {};
    if (!fd || ::fstat(fd->get(), &status) < 0 || !S_ISREG(status.st_mode) ||
        status.st_uid != ::geteuid() || (status.st_mode & 0777) != 0600) {
        return {};
    }
    const auto content = base::read_all(fd->get(), kMaxCacheFile, name);
    if (content.compare(0, key.size(), key) != 0) return {};
    const std::size_t bytes = content.size() - key.size();
    if (bytes == 0 || bytes % sizeof(sock_filter) != 0 || bytes / sizeof(sock_filter) > 4096) {
        return {};
    }
    FilterProgram program(bytes / sizeof(sock_filter));
    std::memcpy(program.data(), content.data() + key.size(), bytes);
    return program;
}

void write_cache(const base::Dir& dir, const std::string& name, const std::string& key,
                 const FilterProgram& program) {
    dir.write_atomically(name,
                         key + std::string(reinterpret_cast<const char*>(program.data()),
                                           program.size() * sizeof(sock_filter)),
                         0600);
}

/// Only a directory that nobody else can write to keeps programs.
bool is_private(const base::Dir& dir) {
    struct stat status {};
    return ::fstat(dir.fd(), &status) == 0 && status.st_uid == ::geteuid() &&
           (status.st_mode & 022) == 0;
}

} // namespace

FilterProgram cached_filter(const spec::SeccompPolicy& policy, const std::string& directory) {
    try {
        base::make_directories(directory, 0700);
        const auto dir = base::Dir::open(directory);
        if (!is_private(dir)) return compile_filter(policy);
        const auto key = key_of(policy);
        const auto name = file_name(key);
        auto program = read_cache(dir, name, key);
        if (program.empty()) {
            program = compile_filter(policy);
            write_cache(dir, name, key, program);
        }
        return program;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::InvalidArgument) throw;
        log::debug("the cache of system call filters can't be used: %s", error.what());
        return compile_filter(policy);
    }
}

} // namespace berth::run
