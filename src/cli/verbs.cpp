// SPDX-License-Identifier: LGPL-2.1-or-later
#include "help.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <algorithm>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

constexpr const char* kRunning = "Running containers";
constexpr const char* kContainers = "Containers";
constexpr const char* kImages = "Images";
constexpr const char* kRegistries = "Registries";
constexpr const char* kVolumes = "Volumes and networks";
constexpr const char* kSystem = "System";
constexpr const char* kHidden = "";

std::vector<std::string> names_of(const Verb& verb) {
    std::vector<std::string> names = {verb.name};
    for (const auto& alias : base::split(verb.aliases, ',')) {
        if (!alias.empty()) names.push_back(alias);
    }
    return names;
}

std::string line_of(const std::string& name, const char* summary, unsigned columns) {
    constexpr std::size_t kLeft = 22;
    std::string line = "  " + name;
    line.resize(std::max(kLeft, line.size() + 2), ' ');
    return line + fold(summary, std::max(columns, 50U) - kLeft, kLeft) + "\n";
}

} // namespace

const std::vector<Verb>& verbs() {
    static const std::vector<Verb> table = {
        {"run", kRunning, "Create a container from an image and run a command in it", run,
         "container run", "image"},
        {"exec", kRunning, "Run a command in a running container", exec, "container exec",
         "running"},
        {"ps", kRunning, "List containers", ps, "container ls,container list,container ps", ""},
        {"logs", kRunning, "Show what a container wrote", logs, "container logs", "container"},
        {"attach", kRunning, "Connect to a running container", attach, "container attach",
         "running"},
        {"stop", kRunning, "Stop containers", stop, "container stop", "running"},
        {"kill", kRunning, "Send a signal to containers", kill, "container kill", "running"},
        {"restart", kRunning, "Stop containers and start them", restart, "container restart",
         "container"},
        {"pause", kRunning, "Freeze all processes of containers", pause, "container pause",
         "running"},
        {"unpause", kRunning, "Let paused containers go on", unpause, "container unpause",
         "paused"},
        {"top", kRunning, "List the processes of a container", top, "container top", "running"},
        {"stats", kRunning, "Show what containers use", stats, "container stats", "running"},
        {"port", kRunning, "Show where published ports are reached", port, "container port",
         "running"},
        {"wait", kRunning, "Wait until containers have ended", wait, "container wait", "container"},

        {"create", kContainers, "Create a container, not started", create, "container create",
         "image"},
        {"start", kContainers, "Start containers", start, "container start", "stopped"},
        {"rm", kContainers, "Remove containers", rm, "container rm,container remove", "container"},
        {"rename", kContainers, "Rename a container", rename, "container rename", "container"},
        {"update", kContainers, "Change the limits of containers", update, "container update",
         "container"},
        {"inspect", kContainers, "Show everything about an object as JSON", inspect, "", "object"},
        {"cp", kContainers, "Copy files between a container and this machine", copy, "container cp",
         "copy"},
        {"diff", kContainers, "List the files a container changed", diff, "container diff",
         "container"},
        {"export", kContainers, "Write a container's files as a tar archive", export_container,
         "container export", "container"},
        {"commit", kContainers, "Make an image of a container's changes", commit,
         "container commit", "container"},
        {"container prune", kContainers, "Remove containers that have ended", container_prune, "",
         ""},
        {"container exists", kContainers, "Tell by the exit status whether there is one",
         container_exists, "", "container"},
        {"container inspect", kHidden, "Show everything about containers as JSON",
         container_inspect, "", "container"},

        {"images", kImages, "List images", images, "image ls,image list", "image"},
        {"build", kImages, "Build an image from a Dockerfile", build, "image build", "file"},
        {"pull", kImages, "Download an image from a registry", pull, "image pull", "image"},
        {"push", kImages, "Upload an image to a registry", push, "image push", "image"},
        {"tag", kImages, "Give an image another name", tag, "image tag", "image"},
        {"rmi", kImages, "Remove images", rmi, "image rm,image remove", "image"},
        {"history", kImages, "Show how an image was made", history, "image history", "image"},
        {"save", kImages, "Write images as a tar archive", save, "image save", "image"},
        {"load", kImages, "Read images from a tar archive", load, "image load", ""},
        {"import", kImages, "Make an image of a tar archive of files", import, "image import",
         "file"},
        {"image prune", kImages, "Remove images without a name", image_prune, "", ""},
        {"image exists", kImages, "Tell by the exit status whether there is one", image_exists, "",
         "image"},
        {"image inspect", kHidden, "Show everything about images as JSON", image_inspect, "",
         "image"},

        {"search", kRegistries, "Search a registry for images", search, "", ""},
        {"login", kRegistries, "Remember how to log in to a registry", login, "", ""},
        {"logout", kRegistries, "Forget how to log in to a registry", logout, "", ""},

        {"volume ls", kVolumes, "List volumes", volume_list, "volume list", ""},
        {"volume create", kVolumes, "Make a volume", volume_create, "", ""},
        {"volume rm", kVolumes, "Remove volumes", volume_remove, "volume remove", "volume"},
        {"volume prune", kVolumes, "Remove anonymous volumes nobody uses", volume_prune, "", ""},
        {"volume inspect", kHidden, "Show everything about volumes as JSON", volume_inspect, "",
         "volume"},
        {"network ls", kVolumes, "List networks", network_list, "network list", ""},
        {"network create", kVolumes, "Make a network", network_create, "", ""},
        {"network rm", kVolumes, "Remove networks", network_remove, "network remove", "network"},
        {"network prune", kVolumes, "Remove networks nobody uses", network_prune, "", ""},
        {"network inspect", kHidden, "Show everything about networks as JSON", network_inspect, "",
         "network"},

        {"info", kSystem, "Show what berth runs on", info, "system info", ""},
        {"version", kSystem, "Show the versions of berth and berthd", version, "", ""},
        {"events", kSystem, "Show what happens, as it happens", events, "system events", ""},
        {"jobs", kSystem, "List what goes on in the background", jobs, "", ""},
        {"cancel", kSystem, "Cancel jobs", cancel, "", "job"},
        {"system df", kSystem, "Show what takes room on disk", system_df, "", ""},
        {"system check", kSystem, "Compare records, files and units", system_check, "", ""},
        {"system prune", kSystem, "Remove what nothing uses", system_prune, "", ""},
        {"completion", kSystem, "Print the completion of a shell", completion, "", "shell"},
        {"__complete", kHidden, "", complete, "", ""},
    };
    return table;
}

FoundVerb find_verb(const Arguments& arguments) {
    for (const std::size_t words : {2U, 1U}) {
        if (arguments.size() < words) continue;
        std::string wanted = arguments[0];
        if (words == 2) wanted += " " + arguments[1];
        for (const auto& verb : verbs()) {
            const auto names = names_of(verb);
            if (std::find(names.begin(), names.end(), wanted) != names.end()) return {&verb, words};
        }
    }
    return {};
}

std::vector<std::string> verb_names() {
    std::vector<std::string> names;
    for (const auto& verb : verbs()) {
        for (auto& name : names_of(verb)) {
            if (!name.starts_with("__")) names.push_back(std::move(name));
        }
    }
    return names;
}

std::vector<std::string> groups() {
    std::vector<std::string> found;
    for (const auto& name : verb_names()) {
        const std::size_t space = name.find(' ');
        const std::string group = name.substr(0, space);
        if (space != std::string::npos &&
            std::find(found.begin(), found.end(), group) == found.end())
            found.push_back(group);
    }
    return found;
}

std::string general_help() {
    const unsigned columns = help_columns();
    std::string text = "Usage: berth [OPTIONS] COMMAND\n\n"
                       "Containers with systemd as their supervisor.\n\nOptions:\n";
    text += line_of("-H, --host HOST", "Talk to the berth of another machine, by ssh", columns);
    text += line_of("-M, --machine NAME", "Talk to the berth in a local machine of machinectl",
                    columns);
    text += line_of("--no-ask-password", "Don't let polkit ask for a password", columns);
    text += line_of("-v, --version", "Print the version", columns);
    std::vector<std::string> sections;
    for (const auto& verb : verbs()) {
        const std::string section = verb.section;
        if (!section.empty() &&
            std::find(sections.begin(), sections.end(), section) == sections.end())
            sections.push_back(section);
    }
    for (const auto& section : sections) {
        text += "\n" + section + ":\n";
        for (const auto& verb : verbs()) {
            if (verb.section == section) text += line_of(verb.name, verb.summary, columns);
        }
    }
    return text +
           "\n'berth COMMAND --help' tells more of a command; so does berth(1). Commands are "
           "also found in\ngroups, as in docker: " +
           base::join(groups(), ", ") + ".\n";
}

std::string group_help(const std::string& group) {
    const unsigned columns = help_columns();
    std::string text = "Usage: berth " + group + " COMMAND\n\nCommands:\n";
    for (const auto& verb : verbs()) {
        for (const auto& name : names_of(verb)) {
            if (!name.starts_with(group + " ")) continue;
            text += line_of(name.substr(group.size() + 1), verb.summary, columns);
        }
    }
    return text;
}

} // namespace berth::cli
