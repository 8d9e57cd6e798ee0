// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container_options.hpp"

#include <cstdlib>

#include <base/file.hpp>
#include <base/strings.hpp>

namespace berth::cli {
namespace {

constexpr std::uint64_t kMaxEnvFile = 1U << 20U;

} // namespace

std::vector<std::string> resolve_env(const std::vector<std::string>& given) {
    std::vector<std::string> resolved;
    for (const auto& variable : given) {
        if (variable.empty() || variable[0] == '=')
            throw UsageError("invalid environment variable '" + base::printable(variable) + "'");
        if (variable.find('=') != std::string::npos) {
            resolved.push_back(variable);
        } else if (const char* value = std::getenv(variable.c_str())) {
            resolved.push_back(variable + "=" + value);
        }
    }
    return resolved;
}

std::vector<std::string> read_env_file(const std::string& path) {
    std::vector<std::string> lines;
    std::size_t number = 0;
    for (const auto& raw : base::split(base::read_file(path, kMaxEnvFile), '\n')) {
        ++number;
        std::string_view line = raw;
        if (line.ends_with('\r')) line.remove_suffix(1);
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        if (line.empty() || line[0] == '#') continue;
        const std::string_view name = line.substr(0, line.find('='));
        if (name.empty() || name.find_first_of(" \t") != std::string_view::npos)
            throw UsageError(path + ":" + std::to_string(number) + ": '" + base::printable(name) +
                             "' is no name of a variable");
        lines.emplace_back(line);
    }
    return resolve_env(lines);
}

std::map<std::string, std::string> key_values(const std::vector<std::string>& texts) {
    std::map<std::string, std::string> map;
    for (const auto& text : texts) {
        const std::size_t equals = text.find('=');
        if (text.empty() || equals == 0)
            throw UsageError("invalid label '" + base::printable(text) + "': write KEY=VALUE");
        map[text.substr(0, equals)] = equals == std::string::npos ? "" : text.substr(equals + 1);
    }
    return map;
}

} // namespace berth::cli
