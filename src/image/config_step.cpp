// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config_step.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <base/strings.hpp>
#include <berth/error.hpp>
#include <dockerfile/expand.hpp>
#include <dockerfile/ignore.hpp>
#include <dockerfile/text.hpp>
#include <spec/port_syntax.hpp>
#include <spec/signal.hpp>

namespace berth::image {

namespace {

using dockerfile::Node;
using Words = std::vector<std::string>;

constexpr std::size_t kMaxPorts = 65536;

[[noreturn]] void refuse(const Node& node, const std::string& why) {
    throw Error(ErrorCode::InvalidArgument, base::printable(node.name) + ": " + why);
}

std::string quoted(const std::string& text) {
    return "'" + base::printable(text) + "'";
}

/// Entries of Env are NAME=VALUE.
Words::iterator find_env(Words& env, const std::string& name) {
    return std::find_if(env.begin(), env.end(),
                        [&](const std::string& entry) { return entry.starts_with(name + "="); });
}

dockerfile::Lookup variables(ConfigState& state) {
    return [&state](const std::string& name) -> std::optional<std::string> {
        const auto entry = find_env(state.config.env, name);
        if (entry != state.config.env.end()) return entry->substr(name.size() + 1);
        const auto argument = state.args.find(name);
        if (argument == state.args.end()) return std::nullopt;
        return argument->second;
    };
}

std::string expanded(ConfigState& state, const std::string& word) {
    return dockerfile::expand(word, variables(state), {.escape = state.escape});
}

/// What stands after ENV and LABEL. Its words see the variables from before the instruction.
std::vector<std::pair<std::string, std::string>> pairs_of(ConfigState& state, const Node& node) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::size_t index = 0; index + 1 < node.args.size(); index += 3) {
        auto name = expanded(state, node.args[index]);
        if (name.empty()) refuse(node, "names can not be blank");
        pairs.emplace_back(std::move(name), expanded(state, node.args[index + 1]));
    }
    return pairs;
}

Words command_words(const ConfigState& state, const Node& node) {
    if (node.json || node.args.empty()) return node.args;
    Words words = state.config.shell.empty() ? Words{"/bin/sh", "-c"} : state.config.shell;
    words.push_back(node.args[0]);
    return words;
}

void add_unique(Words& list, const std::string& word) {
    if (std::find(list.begin(), list.end(), word) == list.end()) list.push_back(word);
}

/// The one word that the whole rest of the line is.
std::string single(ConfigState& state, const Node& node) {
    const std::string word = expanded(state, node.args.at(0));
    if (word.empty()) refuse(node, "nothing is left of it after its variables");
    return word;
}

void step_cmd(ConfigState& state, const Node& node) {
    state.config.cmd = command_words(state, node);
    state.cmd_set = true;
}

void step_entrypoint(ConfigState& state, const Node& node) {
    state.config.entrypoint = command_words(state, node);
    if (!state.cmd_set) state.config.cmd.clear();
}

void step_env(ConfigState& state, const Node& node) {
    for (const auto& [name, value] : pairs_of(state, node)) {
        const auto same = find_env(state.config.env, name);
        const std::string entry = name + "=" + value;
        if (same == state.config.env.end())
            state.config.env.push_back(entry);
        else
            *same = entry;
    }
}

void step_label(ConfigState& state, const Node& node) {
    for (auto& [name, value] : pairs_of(state, node))
        state.config.labels[name] = value;
}

void expose(ConfigState& state, const Node& node, const std::string& word) {
    const auto found = spec::find_exposed(word);
    if (!found) refuse(node, quoted(word) + " is not a port");
    auto& ports = state.config.exposed_ports;
    if (ports.size() + found->size() > kMaxPorts) refuse(node, "too many ports");
    ports.insert(ports.end(), found->begin(), found->end());
}

void step_expose(ConfigState& state, const Node& node) {
    for (const auto& argument : node.args) {
        for (const auto& word :
             dockerfile::expand_words(argument, variables(state), {.escape = state.escape})) {
            expose(state, node, word);
        }
    }
    Words once;
    std::map<std::string, bool> seen;
    for (auto& port : state.config.exposed_ports) {
        if (!std::exchange(seen[port], true)) once.push_back(port);
    }
    state.config.exposed_ports = std::move(once);
}

void step_volume(ConfigState& state, const Node& node) {
    for (const auto& argument : node.args) {
        const std::string path(dockerfile::trim_space(expanded(state, argument)));
        if (!path.starts_with("/")) refuse(node, quoted(path) + " is not an absolute path");
        add_unique(state.config.volumes, path);
    }
}

void step_workdir(ConfigState& state, const Node& node) {
    const std::string path = single(state, node);
    const std::string whole = path.starts_with("/") ? path : state.config.working_dir + "/" + path;
    const std::string clean = dockerfile::clean_relative(whole);
    state.config.working_dir = clean == "." ? "/" : "/" + clean;
}

void step_user(ConfigState& state, const Node& node) {
    const std::string user = single(state, node);
    if (std::any_of(user.begin(), user.end(), dockerfile::is_space)) {
        refuse(node, quoted(user) + " is not one user, or user:group");
    }
    state.config.user = user;
}

void step_stop_signal(ConfigState& state, const Node& node) {
    const std::string signal = single(state, node);
    if (!spec::parse_signal(signal)) refuse(node, quoted(signal) + " is not a signal");
    state.config.stop_signal = signal;
}

void step_on_build(ConfigState& state, const Node& node) {
    const std::string_view line = dockerfile::trim_space(node.line);
    state.config.on_build.emplace_back(dockerfile::trim_left(line.substr(node.name.size())));
}

void step_shell(ConfigState& state, const Node& node) {
    state.config.shell = node.args;
}

void step_author(ConfigState& state, const Node& node) {
    state.config.author = node.args.at(0);
}

using Step = void (*)(ConfigState&, const Node&);

constexpr std::array kSteps{
    std::pair<std::string_view, Step>{"author", step_author},
    std::pair<std::string_view, Step>{"cmd", step_cmd},
    std::pair<std::string_view, Step>{"entrypoint", step_entrypoint},
    std::pair<std::string_view, Step>{"env", step_env},
    std::pair<std::string_view, Step>{"expose", step_expose},
    std::pair<std::string_view, Step>{"label", step_label},
    std::pair<std::string_view, Step>{"maintainer", step_author},
    std::pair<std::string_view, Step>{"onbuild", step_on_build},
    std::pair<std::string_view, Step>{"shell", step_shell},
    std::pair<std::string_view, Step>{"stopsignal", step_stop_signal},
    std::pair<std::string_view, Step>{"user", step_user},
    std::pair<std::string_view, Step>{"volume", step_volume},
    std::pair<std::string_view, Step>{"workdir", step_workdir},
};

} // namespace

bool apply_config_step(ConfigState& state, const Node& node) {
    const std::string name = base::to_lower(node.name);
    for (const auto& [known, step] : kSteps) {
        if (name != known) continue;
        step(state, node);
        return true;
    }
    return false;
}

} // namespace berth::image
