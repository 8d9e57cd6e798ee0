// SPDX-License-Identifier: LGPL-2.1-or-later
#include "host_paths.hpp"

#include <algorithm>
#include <filesystem>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

bool is_relative_path(const std::string& source) {
    return source == "." || source == ".." || source.starts_with("./") || source.starts_with("../");
}

std::string absolute(const std::string& path) {
    auto clean = std::filesystem::absolute(path).lexically_normal().string();
    if (clean.size() > 1 && clean.ends_with('/')) clean.pop_back();
    return clean;
}

} // namespace

std::vector<std::string> absolute_volumes(const std::vector<std::string>& volumes) {
    std::vector<std::string> changed;
    for (const auto& volume : volumes) {
        auto parts = base::split(volume, ':');
        if (parts.size() > 1 && is_relative_path(parts[0])) parts[0] = absolute(parts[0]);
        changed.push_back(base::join(parts, ":"));
    }
    return changed;
}

std::vector<std::string> absolute_mounts(const std::vector<std::string>& mounts) {
    std::vector<std::string> changed;
    for (const auto& mount : mounts) {
        auto parts = base::split(mount, ',');
        const bool bind = std::find(parts.begin(), parts.end(), "type=bind") != parts.end();
        for (auto& part : parts) {
            for (const std::string key : {"source=", "src="}) {
                if (bind && part.starts_with(key) && is_relative_path(part.substr(key.size())))
                    part = key + absolute(part.substr(key.size()));
            }
        }
        changed.push_back(base::join(parts, ","));
    }
    return changed;
}

} // namespace berth::cli
