// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scope.hpp"

#include <array>
#include <optional>
#include <utility>

namespace berth::build {

namespace {

// Known without an ARG, and no part of the image. Source: docker's Dockerfile reference.
constexpr std::array kProxies{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
                              "FTP_PROXY",  "ftp_proxy",  "NO_PROXY",    "no_proxy",
                              "ALL_PROXY",  "all_proxy"};

struct Declared {
    std::string name;
    std::optional<std::string> value;
};

Declared split_argument(const std::string& word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return {word, std::nullopt};
    return {word.substr(0, equals), word.substr(equals + 1)};
}

std::optional<std::string> find(const Variables& variables, const std::string& name) {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
}

} // namespace

Variables platform_variables(const spec::Platform& platform) {
    std::string whole = platform.os + "/" + platform.architecture;
    if (!platform.variant.empty()) whole += "/" + platform.variant;
    Variables variables;
    for (const std::string side : {"TARGET", "BUILD"}) {
        variables[side + "PLATFORM"] = whole;
        variables[side + "OS"] = platform.os;
        variables[side + "ARCH"] = platform.architecture;
        variables[side + "VARIANT"] = platform.variant;
    }
    return variables;
}

Scope::Scope(Variables given, Variables builtin, char escape)
    : given_(std::move(given)), builtin_(std::move(builtin)), escape_(escape) {
    for (const char* name : kProxies)
        used_.insert(name);
}

std::string Scope::expand_global(const std::string& word) const {
    const auto lookup = [this](const std::string& name) -> std::optional<std::string> {
        if (auto value = find(global_, name)) return value;
        return find(builtin_, name);
    };
    return dockerfile::expand(word, lookup, {.escape = escape_});
}

void Scope::declare_global(const dockerfile::Node& node) {
    for (const auto& word : node.args) {
        auto [name, value] = split_argument(word);
        name = expand_global(name);
        used_.insert(name);
        if (const auto given = find(given_, name))
            global_[name] = *given;
        else if (value)
            global_[name] = expand_global(*value);
    }
}

void Scope::declare(image::ConfigState& state, const dockerfile::Node& node) {
    for (const auto& word : node.args) {
        auto [name, value] = split_argument(word);
        name = dockerfile::expand(name, lookup_in(state), {.escape = escape_});
        used_.insert(name);
        if (auto given = find(given_, name))
            state.args[name] = *given;
        else if (value)
            state.args[name] = dockerfile::expand(*value, lookup_in(state), {.escape = escape_});
        else if (auto global = find(global_, name))
            state.args[name] = *global;
        else if (auto builtin = find(builtin_, name))
            state.args[name] = *builtin;
    }
}

std::set<std::string> Scope::unused() const {
    std::set<std::string> names;
    for (const auto& [name, value] : given_) {
        if (!used_.contains(name)) names.insert(name);
    }
    return names;
}

dockerfile::Lookup lookup_in(const image::ConfigState& state) {
    return [&state](const std::string& name) -> std::optional<std::string> {
        for (const auto& entry : state.config.env) {
            if (entry.starts_with(name + "=")) return entry.substr(name.size() + 1);
        }
        return find(state.args, name);
    };
}

} // namespace berth::build
