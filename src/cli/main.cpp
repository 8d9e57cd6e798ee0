// SPDX-License-Identifier: LGPL-2.1-or-later
#include "help.hpp"
#include "job.hpp"
#include "options.hpp"
#include "report.hpp"
#include "verb.hpp"

#include <algorithm>
#include <clocale>
#include <cstdio>

#include <berth_config.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

struct CommandLine {
    GlobalOptions options;
    Arguments rest; ///< from the verb on
    bool version = false;
};

std::optional<CommandLine> parse_global(const Arguments& arguments) {
    CommandLine line;
    bool ask = true;
    bool no_ask = false;
    bool help = false;
    Options options("", "", "");
    options.value("-H,--host", "HOST", line.options.host, "");
    options.value("-M,--machine", "NAME", line.options.machine, "");
    options.flag("--no-ask-password", no_ask, "");
    options.flag("--ask-password", ask, "");
    options.flag("-v,--version", line.version, "");
    options.flag("-h", help, "");
    options.stop_at_first_argument();
    options.need(0, SIZE_MAX);
    if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h" ||
                               (arguments[0] == "help" && arguments.size() == 1))) {
        std::fputs(general_help().c_str(), stdout);
        return std::nullopt;
    }
    const auto rest = options.parse(arguments);
    if (!rest) return std::nullopt;
    line.rest = *rest;
    line.options.ask_password = ask && !no_ask;
    if (line.rest.size() > 1 && line.rest[0] == "help") { // "berth help run"
        line.rest.erase(line.rest.begin());
        line.rest.emplace_back("--help");
    }
    return line;
}

[[noreturn]] void unknown_verb(const Arguments& words) {
    const auto all_groups = groups();
    const bool grouped =
        std::find(all_groups.begin(), all_groups.end(), words[0]) != all_groups.end();
    const std::string wanted = grouped && words.size() > 1 ? words[0] + " " + words[1] : words[0];
    std::vector<std::string> known = verb_names();
    known.insert(known.end(), all_groups.begin(), all_groups.end());
    std::string message = "'" + base::printable(wanted) + "' is no command of berth";
    const auto close = nearest(wanted, known);
    if (!close.empty()) {
        message += "\nDid you mean";
        for (const auto& name : close)
            message += (name == close.front() ? " " : " or ") + name;
        message += "?";
    }
    throw UsageError(message, UsageError::kBadArguments);
}

bool asks_for_help(const Arguments& words) {
    return words.size() == 1 || words[1] == "--help" || words[1] == "-h";
}

int run_verb(const CommandLine& line) {
    const auto& words = line.rest;
    const auto found = find_verb(words);
    if (found.verb == nullptr) {
        const auto all_groups = groups();
        const bool group =
            std::find(all_groups.begin(), all_groups.end(), words[0]) != all_groups.end();
        if (!group || !asks_for_help(words)) unknown_verb(words);
        std::fputs(group_help(words[0]).c_str(), stdout);
        return 0;
    }
    Client client(line.options);
    return found.verb->run(client,
                           {words.begin() + static_cast<std::ptrdiff_t>(found.words), words.end()});
}

int berth_main(const Arguments& arguments) {
    const auto line = parse_global(arguments);
    if (!line) return 0;
    if (line->version) {
        std::printf("berth version %s\n", BERTH_VERSION);
        return 0;
    }
    if (line->rest.empty()) {
        std::fputs(general_help().c_str(), stdout);
        return 0;
    }
    return run_verb(*line);
}

// A full disk or a closed pipe behind standard output is a failure.
int flushed(int status) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    complain("cannot write to standard output");
    return status == 0 ? kFailed : status;
}

int guarded_main(const Arguments& arguments) {
    try {
        return flushed(berth_main(arguments));
    } catch (const Quit& quit) {
        return quit.status();
    } catch (const UsageError& error) {
        complain(error.what());
        const auto found = find_verb(arguments);
        std::fprintf(stderr, "'berth %s--help' tells more.\n",
                     found.verb == nullptr ? "" : (std::string(found.verb->name) + " ").c_str());
        return error.status();
    } catch (const std::exception& error) {
        complain(error.what());
        return kFailed;
    }
}

} // namespace
} // namespace berth::cli

int main(int argc, char** argv) {
    std::setlocale(LC_CTYPE, "C.UTF-8");
    return berth::cli::guarded_main({argv + 1, argv + argc});
}
