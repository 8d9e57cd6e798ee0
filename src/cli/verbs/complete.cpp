// SPDX-License-Identifier: LGPL-2.1-or-later
// `berth __complete WORD...` prints what the last word may become, one a line with its meaning
// behind a tab. The shells' own files only ask here. Nothing printed: complete file names.
#include "help.hpp"
#include "image_row.hpp"
#include "verb.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

constexpr std::uint64_t kTimeout = 2'000'000;

void say(const std::string& word, const std::string& meaning = "") {
    std::printf("%s\t%s\n", base::printable(word).c_str(), base::printable(meaning).c_str());
}

std::vector<bus::Dict> rows(Client& client, const char* method, const bus::Dict& request) {
    auto call = client.new_call(bus::kRootPath, bus::kManagerInterface, method, request);
    return client.bus().call(call, kTimeout).read<std::vector<bus::Dict>>();
}

void say_containers(Client& client, const std::set<std::string>& states,
                    const std::string& suffix = "") {
    for (const auto& row : rows(client, "ListContainers", {{"all", true}})) {
        if (states.empty() || states.contains(row.get_or<std::string>("state", "")))
            say(row.get_or<std::string>("name", "") + suffix, row.get_or<std::string>("image", ""));
    }
}

void say_images(Client& client) {
    for (const auto& row : rows(client, "ListImages", {})) {
        for (const auto& tag : row.get_or<bus::Strings>("tags", {}))
            say(familiar(tag), "image");
    }
}

void say_named(Client& client, const char* method) {
    for (const auto& row : rows(client, method, {}))
        say(row.get_or<std::string>("name", ""), row.get_or<std::string>("driver", ""));
}

void say_jobs(Client& client) {
    for (const auto& row : rows(client, "ListJobs", {})) {
        if (row.get_or<std::string>("state", "") == "running")
            say(std::to_string(row.get_or<std::uint64_t>("id", 0)),
                row.get_or<std::string>("description", ""));
    }
}

void say_words(const std::vector<std::string>& words) {
    for (const auto& word : words)
        say(word);
}

void say_kind(Client& client, const std::string& kind) {
    if (kind == "container")
        say_containers(client, {});
    else if (kind == "running")
        say_containers(client, {"running", "paused", "restarting"});
    else if (kind == "stopped")
        say_containers(client, {"created", "exited", "dead"});
    else if (kind == "paused")
        say_containers(client, {"paused"});
    else if (kind == "copy")
        say_containers(client, {}, ":");
    else if (kind == "image")
        say_images(client);
    else if (kind == "volume")
        say_named(client, "ListVolumes");
    else if (kind == "network")
        say_named(client, "ListNetworks");
    else if (kind == "job")
        say_jobs(client);
    else if (kind == "shell")
        say_words({"bash", "zsh", "fish"});
    else if (kind == "object") {
        say_containers(client, {});
        say_images(client);
    }
}

void say_value(Client& client, const std::string& flag) {
    if (flag == "--network") {
        say_words({"bridge", "host", "none"});
        say_named(client, "ListNetworks");
    } else if (flag == "--volumes-from" || flag == "--link")
        say_containers(client, {});
    else if (flag == "--restart")
        say_words({"no", "on-failure", "always", "unless-stopped"});
    else if (flag == "--pull")
        say_words({"always", "missing", "never"});
    else if (flag == "--attach")
        say_words({"stdin", "stdout", "stderr"});
    else if (flag == "--log-driver")
        say_words({"journald", "none"});
    else if (flag == "--type")
        say_words({"container", "image", "network", "volume"});
    else if (flag == "--signal" || flag == "--stop-signal")
        say_words({"TERM", "KILL", "INT", "HUP", "QUIT", "USR1", "USR2"});
    else if (flag == "--format")
        say_words({"json", "table"});
}

void say_verbs(const Arguments& before) {
    if (before.empty()) {
        for (const auto& verb : verbs()) {
            if (std::string(verb.section).empty() ||
                std::string(verb.name).find(' ') != std::string::npos)
                continue;
            say(verb.name, verb.summary);
        }
        for (const auto& group : groups())
            say(group, "group of commands");
        return;
    }
    for (const auto& name : verb_names()) {
        if (!name.starts_with(before[0] + " ")) continue;
        const std::string word = name.substr(before[0].size() + 1);
        say(word, find_verb({before[0], word}).verb->summary);
    }
}

const Option* find_flag(const std::vector<Option>& flags, const std::string& word) {
    for (const auto& flag : flags) {
        if (!word.empty() && (word == flag.long_name || word == flag.short_name)) return &flag;
    }
    return nullptr;
}

void say_flags(const std::vector<Option>& flags) {
    for (const auto& flag : flags) {
        if (flag.hidden) continue;
        say(flag.long_name.empty() ? flag.short_name : flag.long_name, flag.help);
    }
    say("--help", "Tell what this does");
}

// `words`: between the verb and the word that is completed.
void complete_verb(Client& client, const FoundVerb& found, const Arguments& words,
                   const std::string& current) {
    static_cast<void>(found.verb->run(client, {kListFlags}));
    const auto flags = listed_flags();
    std::size_t arguments = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Option* flag = find_flag(flags, words[i]);
        if (flag != nullptr && !flag->value.empty()) {
            if (i + 1 == words.size()) {
                say_value(client, flag->long_name);
                return;
            }
            ++i;
        } else if (!words[i].starts_with('-')) {
            ++arguments;
        }
    }
    const std::string name = found.verb->name;
    const bool command = name == "run" || name == "create" || name == "exec" || name == "top";
    if (command && arguments > 0) return; // a command line of its own
    if (current.starts_with('-'))
        say_flags(flags);
    else
        say_kind(client, found.verb->completes);
}

} // namespace

int complete(Client& client, const Arguments& arguments) {
    if (arguments.empty() || arguments.size() > 4096) return 0;
    Client quiet(GlobalOptions{client.options().host, client.options().machine, false});
    Arguments before(arguments.begin(), arguments.end() - 1);
    try {
        const auto found = find_verb(before);
        if (found.verb == nullptr) {
            if (before.size() <= 1) say_verbs(before);
        } else {
            before.erase(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(found.words));
            complete_verb(quiet, found, before, arguments.back());
        }
    } catch (const Error&) { // nothing to offer then
    }
    return 0;
}

} // namespace berth::cli
