// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cgroup.hpp"

#include <sys/stat.h>

#include <base/file.hpp>
#include <base/strings.hpp>

namespace berth::base {

std::string cgroup_path(const std::string& control_group) {
    static const std::string root = [] {
        struct stat status {};
        const bool hybrid = ::stat("/sys/fs/cgroup/cgroup.procs", &status) != 0 &&
                            ::stat("/sys/fs/cgroup/unified/cgroup.procs", &status) == 0;
        return std::string(hybrid ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup");
    }();
    return root + control_group;
}

std::string unified_group(std::string_view proc_text) {
    constexpr std::string_view kPrefix = "0::";
    for (const auto& line : split(proc_text, '\n')) {
        if (line.rfind(kPrefix, 0) == 0) return line.substr(kPrefix.size());
    }
    return {};
}

std::string own_cgroup() {
    return unified_group(read_file("/proc/self/cgroup"));
}

std::optional<std::uint64_t> keyed_number(std::string_view text, std::string_view key) {
    for (const auto& line : split(text, '\n')) {
        if (line.size() <= key.size() || line[key.size()] != ' ' || line.rfind(key, 0) != 0) {
            continue;
        }
        return parse_number(std::string_view(line).substr(key.size() + 1));
    }
    return std::nullopt;
}

} // namespace berth::base
