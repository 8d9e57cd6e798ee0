// SPDX-License-Identifier: LGPL-2.1-or-later
// berth-oci: the OCI runtime command line. What container managers call with the options of runc
// and crun.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <memory>

#include <berth_config.hpp>
#include <unistd.h>

#include <base/log.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <run/channel.hpp>
#include <run/oci/report.hpp>
#include <run/oci/verb.hpp>

namespace berth::run::oci {

namespace {

constexpr std::array<const Verb*, 15> kVerbs{{&kCreateVerb, &kDeleteVerb, &kEventsVerb, &kExecVerb,
                                              &kFeaturesVerb, &kKillVerb, &kListVerb, &kPauseVerb,
                                              &kPsVerb, &kResumeVerb, &kRunVerb, &kSpecVerb,
                                              &kStartVerb, &kStateVerb, &kUpdateVerb}};

constexpr std::array<Option, 9> kGlobalOptions{{
    {"root", 0, "DIR", "where the state of containers is kept; the default is /run/berth-oci"},
    {"log", 0, "FILE", "where messages go; the default is standard error"},
    {"log-format", 0, "FORMAT", "text or json"},
    {"log-level", 0, "LEVEL", "debug, info, warning or error"},
    {"debug", 0, "", "tells more"},
    {"systemd-cgroup", 's', "", "has systemd make the cgroup: cgroupsPath is SLICE:PREFIX:NAME"},
    {"cgroup-manager", 0, "MANAGER", "cgroupfs, systemd or disabled"},
    {"help", 'h', "", "shows this"},
    {"version", 'v', "", "shows the version"},
}};

std::string default_root() {
    if (::geteuid() == 0) return "/run/berth-oci";
    const char* runtime = ::secure_getenv("XDG_RUNTIME_DIR");
    return runtime == nullptr ? "/run/user/" + std::to_string(::getuid()) + "/berth-oci"
                              : std::string(runtime) + "/berth-oci";
}

CgroupManager manager_of(const Arguments& arguments) {
    const auto name = arguments.text("cgroup-manager", "cgroupfs");
    if (arguments.is_on("systemd-cgroup") || name == "systemd") return CgroupManager::Systemd;
    if (name == "disabled") return CgroupManager::Disabled;
    if (name == "cgroupfs") return CgroupManager::Files;
    throw Error(ErrorCode::InvalidArgument, "--cgroup-manager is cgroupfs, systemd or disabled");
}

LogFormat format_of(const Arguments& arguments) {
    const auto format = arguments.text("log-format", "text");
    if (format == "json") return LogFormat::Json;
    if (format == "text") return LogFormat::Text;
    throw Error(ErrorCode::InvalidArgument, "--log-format is text or json");
}

/// crun writes the log's place as "file:PATH" too.
std::string log_path(const Arguments& arguments) {
    auto path = arguments.text("log");
    if (path.starts_with("file:")) path.erase(0, 5);
    return path;
}

std::string absolute_root(const Arguments& arguments) {
    const auto root = arguments.text("root", default_root());
    if (root.empty()) throw Error(ErrorCode::InvalidArgument, "--root must not be empty");
    if (root.front() == '/') return root;
    const std::unique_ptr<char, decltype(&::free)> here(::getcwd(nullptr, 0), &::free);
    if (!here) throw_errno("cannot tell the current directory");
    return std::string(here.get()) + "/" + root;
}

std::string option_lines(std::span<const Option> options) {
    std::string text;
    for (const auto& option : options) {
        std::string name =
            option.letter == 0 ? "      --" : "  -" + std::string(1, option.letter) + ", --";
        name += option.name;
        if (!option.value.empty()) name += " " + std::string(option.value);
        name.resize(std::max<std::size_t>(name.size() + 2, 34), ' ');
        text += name + std::string(option.help) + "\n";
    }
    return text;
}

std::string help() {
    std::string text = "usage: berth-oci [OPTION...] COMMAND [OPTION...] [CONTAINER] ...\n\n"
                       "Runs containers from OCI bundles. Commands:\n";
    for (const auto* verb : kVerbs) {
        std::string name = "  " + std::string(verb->name);
        name.resize(12, ' ');
        text += name + std::string(verb->help) + "\n";
    }
    return text + "\nOptions:\n" + option_lines(kGlobalOptions) +
           "\n'berth-oci COMMAND --help' tells the options of a command.";
}

std::string help(const Verb& verb) {
    std::string text = "usage: berth-oci " + std::string(verb.name);
    if (!verb.options.empty()) text += " [OPTION...]";
    if (!verb.usage.empty()) text += " " + std::string(verb.usage);
    text += "\n\nTo " + std::string(verb.help) + ".\n";
    if (!verb.options.empty()) text += "\nOptions:\n" + option_lines(verb.options);
    text.pop_back();
    return text;
}

std::string version() {
    return "berth-oci " BERTH_VERSION "\nspec: " + std::string(spec::kOciVersion);
}

const Verb& find_verb(const std::string& name) {
    const auto found = std::find_if(kVerbs.begin(), kVerbs.end(),
                                    [&](const Verb* verb) { return verb->name == name; });
    if (found == kVerbs.end()) {
        throw Error(ErrorCode::InvalidArgument, "unknown command '" +
                                                    base::printable(name.substr(0, 64)) +
                                                    "'; 'berth-oci --help' lists all");
    }
    return **found;
}

int run_verb(const Verb& verb, const Arguments& global, std::vector<std::string> words) {
    words.erase(words.begin());
    std::vector<Option> options(verb.options.begin(), verb.options.end());
    options.push_back({"help", 'h', "", ""});
    const auto arguments = Arguments::parse(options, words, verb.order);
    if (arguments.is_on("help")) {
        print(help(verb));
        return 0;
    }
    return verb.run({absolute_root(global), manager_of(global)}, arguments);
}

int run(const std::vector<std::string>& words) {
    const auto global = Arguments::parse(kGlobalOptions, words, Order::OptionsFirst);
    open_log(log_path(global), format_of(global));
    log::set_debug(global.is_on("debug") || global.text("log-level") == "debug");
    if (global.is_on("version")) {
        print(version());
        return 0;
    }
    if (global.is_on("help") || global.rest().empty() || global.rest().front() == "help") {
        print(help());
        return global.rest().empty() && !global.is_on("help") ? 1 : 0;
    }
    return run_verb(find_verb(global.rest().front()), global, global.rest());
}

} // namespace

} // namespace berth::run::oci

int main(int count, char** arguments) {
    namespace oci = berth::run::oci;
    try {
        return oci::run({arguments + 1, arguments + count});
    } catch (const berth::run::StartError& error) {
        oci::report_failure(error.what());
        return error.exit_code() == berth::run::kExitEngine ? 1 : error.exit_code();
    } catch (const std::exception& error) {
        oci::report_failure(error.what());
        return 1;
    }
}
