// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stages.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <base/strings.hpp>
#include <dockerfile/expand.hpp>
#include <dockerfile/text.hpp>

namespace berth::dockerfile {

namespace {

/// Flags that may be given more than once end with '*'.
struct Rule {
    std::string_view name;
    std::size_t least;
    std::size_t most;
    std::string_view flags;
    std::string_view expected;
};

constexpr std::size_t kMany = SIZE_MAX;
constexpr std::string_view kCopyFlags = "chown chmod from link parents exclude*";
constexpr std::string_view kAddFlags = "chown chmod link exclude* checksum keep-git-dir unpack";

constexpr std::array<Rule, 18> kRules{{
    {"add", 2, kMany, kAddFlags, "ADD SOURCE... DESTINATION"},
    {"arg", 1, kMany, "", "ARG NAME[=VALUE]..."},
    {"author", 1, 1, "", "AUTHOR NAME"},
    {"cmd", 0, kMany, "", "CMD COMMAND or CMD [\"PROGRAM\", \"ARGUMENT\"...]"},
    {"copy", 2, kMany, kCopyFlags, "COPY SOURCE... DESTINATION"},
    {"entrypoint", 0, kMany, "", "ENTRYPOINT COMMAND"},
    {"env", 3, kMany, "", "ENV NAME=VALUE..."},
    {"expose", 1, kMany, "", "EXPOSE PORT[/PROTOCOL]..."},
    {"from", 1, 3, "platform", "FROM IMAGE [AS NAME]"},
    {"healthcheck", 1, kMany, "interval timeout start-period start-interval retries",
     "HEALTHCHECK CMD COMMAND or HEALTHCHECK NONE"},
    {"label", 3, kMany, "", "LABEL NAME=VALUE..."},
    {"maintainer", 1, 1, "", "MAINTAINER NAME"},
    {"run", 1, kMany, "mount* network security", "RUN COMMAND or RUN [\"PROGRAM\"...]"},
    {"shell", 1, kMany, "", "SHELL [\"PROGRAM\", \"ARGUMENT\"...]"},
    {"stopsignal", 1, 1, "", "STOPSIGNAL SIGNAL"},
    {"user", 1, 1, "", "USER NAME[:GROUP]"},
    {"volume", 1, kMany, "", "VOLUME PATH..."},
    {"workdir", 1, 1, "", "WORKDIR PATH"},
}};

[[noreturn]] void refuse(const Node& node, const std::string& why) {
    throw SyntaxError(why, node.first_line, node.line);
}

std::string upper(std::string_view name) {
    std::string text(name);
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

const Rule& rule_of(const Node& node) {
    const std::string name = base::to_lower(node.name);
    for (const Rule& rule : kRules) {
        if (rule.name == name) return rule;
    }
    refuse(node, "unknown instruction: " + base::printable(node.name) +
                     "; expected one of FROM, RUN, COPY, ADD, CMD, ENTRYPOINT, ENV, ARG, LABEL, "
                     "EXPOSE, VOLUME, USER, WORKDIR, SHELL, STOPSIGNAL, HEALTHCHECK, ONBUILD, "
                     "MAINTAINER, AUTHOR");
}

std::string name_of_flag(const std::string& flag) {
    return flag.substr(2, flag.find('=') - 2);
}

void check_flags(const Node& node, const Rule& rule) {
    const auto known = base::split(rule.flags, ' ');
    std::vector<std::string> seen;
    for (const auto& flag : node.flags) {
        const std::string name = name_of_flag(flag);
        const bool repeats = std::find(known.begin(), known.end(), name + "*") != known.end();
        if (!repeats && std::find(known.begin(), known.end(), name) == known.end()) {
            refuse(node, upper(rule.name) + " does not know the flag '" + base::printable(flag) +
                             "'; expected " + std::string(rule.expected));
        }
        const bool is_switch =
            name == "link" || name == "parents" || name == "keep-git-dir" || name == "unpack";
        if (flag.find('=') == std::string::npos && !is_switch) {
            refuse(node, "the flag '--" + name + "' needs a value");
        }
        if (!repeats && std::find(seen.begin(), seen.end(), name) != seen.end()) {
            refuse(node, "duplicate flag '--" + name + "'");
        }
        seen.push_back(name);
    }
}

void check_from(const Node& node) {
    if (node.args.size() == 1) return;
    if (node.args.size() != 3 || base::to_lower(node.args[1]) != "as") {
        refuse(node, "FROM requires either one or three arguments: FROM IMAGE [AS NAME]");
    }
    const std::string name = base::to_lower(node.args[2]);
    constexpr auto kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    const bool letter = !name.empty() && name[0] >= 'a' && name[0] <= 'z';
    if (!letter || name.find_first_not_of(kAllowed) != std::string::npos) {
        refuse(node, "invalid name for a stage: '" + base::printable(node.args[2]) +
                         "'; expected a letter, then letters, digits, '-', '_' and '.'");
    }
}

void check_health(const Node& node) {
    const std::string kind = base::to_lower(node.args[0]);
    if (kind == "none") {
        if (node.args.size() > 1) refuse(node, "HEALTHCHECK NONE takes no arguments");
        return;
    }
    if (kind != "cmd") {
        refuse(node, "unknown type '" + base::printable(node.args[0]) +
                         "' in HEALTHCHECK; expected CMD or NONE");
    }
    if (node.args.size() < 2) refuse(node, "missing command after HEALTHCHECK CMD");
}

void check_names(const Node& node) {
    for (std::size_t index = 0; index < node.args.size(); index += 3) {
        if (node.args[index].empty()) {
            refuse(node, upper(node.name) + " names can not be blank");
        }
    }
}

void check_arg(const Node& node) {
    for (const auto& argument : node.args) {
        if (argument.starts_with("=")) refuse(node, "ARG names can not be blank");
    }
}

void check_on_build(const Node& node) {
    if (!node.sub) refuse(node, "ONBUILD requires one argument: ONBUILD INSTRUCTION");
    const std::string name = base::to_lower(node.sub->name);
    if (name == "onbuild") refuse(node, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
    if (name == "from" || name == "maintainer" || name == "author") {
        refuse(node, upper(name) + " isn't allowed as an ONBUILD trigger");
    }
    Node inner{.name = node.sub->name,
               .line = node.line,
               .flags = node.sub->flags,
               .args = node.sub->args,
               .json = node.sub->json,
               .heredocs = node.sub->heredocs,
               .first_line = node.first_line,
               .last_line = node.last_line};
    check_step(inner, true);
}

/// Quotes, braces and modifiers can be judged whatever the variables' values are.
void check_words(const Node& node, char escape) {
    static constexpr std::array<std::string_view, 11> kExpanded{
        "add",   "arg",        "copy", "env",    "expose", "from",
        "label", "stopsignal", "user", "volume", "workdir"};
    const std::string name = base::to_lower(node.name);
    if (std::find(kExpanded.begin(), kExpanded.end(), name) == kExpanded.end()) return;
    const Lookup some_value = [](const std::string& /*name*/) { return "x"; };
    try {
        for (const auto& word : node.args) {
            if (!word.starts_with("<<")) (void)expand(word, some_value, {.escape = escape});
        }
    } catch (const Error& error) {
        refuse(node, upper(name) + ": " + error.what());
    }
}

} // namespace

void check_step(const Node& node, bool on_build) {
    const std::string name = base::to_lower(node.name);
    if (name == "onbuild") {
        if (on_build) refuse(node, "ONBUILD isn't allowed here");
        return check_on_build(node);
    }
    const Rule& rule = rule_of(node);
    if (node.args.size() < rule.least || node.args.size() > rule.most) {
        const char* count = rule.most == 1    ? "exactly one argument"
                            : rule.least == 2 ? "at least two arguments"
                                              : "at least one argument";
        refuse(node, upper(name) + " requires " + count + ": " + std::string(rule.expected));
    }
    check_flags(node, rule);
    if (name == "from") check_from(node);
    if (name == "healthcheck") check_health(node);
    if (name == "env" || name == "label") check_names(node);
    if (name == "arg") check_arg(node);
    if (name == "shell" && !node.json) {
        refuse(node,
               "SHELL requires the arguments to be in JSON form: " + std::string(rule.expected));
    }
}

Stages check(const Tree& tree) {
    Stages result;
    for (const Node& node : tree.nodes) {
        check_step(node, false);
        check_words(node, tree.escape);
        const std::string name = base::to_lower(node.name);
        if (name == "from") {
            if (result.stages.size() == kMaxStages) {
                refuse(node, "more than " + std::to_string(kMaxStages) + " stages");
            }
            const std::string label = node.args.size() == 3 ? base::to_lower(node.args[2]) : "";
            const auto same = [&](const Stage& other) { return other.name == label; };
            if (!label.empty() && std::any_of(result.stages.begin(), result.stages.end(), same)) {
                refuse(node, "duplicate name of a stage: '" + label + "'");
            }
            result.stages.push_back({.from = &node, .name = label, .steps = {}});
        } else if (!result.stages.empty()) {
            result.stages.back().steps.push_back(&node);
        } else if (name == "arg") {
            result.global_args.push_back(&node);
        } else {
            refuse(node, "no build stage in current context: expected FROM before " + upper(name));
        }
    }
    if (result.stages.empty()) {
        throw SyntaxError("there is no FROM: expected at least one stage",
                          tree.nodes.back().last_line);
    }
    return result;
}

std::vector<std::string> flags_of(const Node& node, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& flag : node.flags) {
        if (name_of_flag(flag) != name) continue;
        const std::size_t equals = flag.find('=');
        values.push_back(equals == std::string::npos ? "true" : flag.substr(equals + 1));
    }
    return values;
}

std::string flag_of(const Node& node, std::string_view name) {
    const auto values = flags_of(node, name);
    return values.empty() ? "" : values.back();
}

} // namespace berth::dockerfile
