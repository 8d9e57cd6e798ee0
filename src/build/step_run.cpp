// SPDX-License-Identifier: LGPL-2.1-or-later
// RUN: the command in a unit of its own, on the tree so far; what it changed is the layer.
#include <algorithm>

#include <base/rollback.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>
#include <build/session.hpp>
#include <dockerfile/expand.hpp>
#include <dockerfile/text.hpp>
#include <image/cancel.hpp>

namespace berth::build {

namespace {

using dockerfile::Node;
using Words = std::vector<std::string>;

/// What the shell gets: the line, the content of a heredoc alone, or the line with its heredocs.
std::string script_of(const Node& node) {
    const std::string& line = node.args.at(0);
    if (node.heredocs.empty()) return line;
    const auto first_word = dockerfile::find_heredocs(line);
    const bool alone = node.heredocs.size() == 1 && first_word.size() == 1 &&
                       dockerfile::trim_space(line).find_first_of(" \t") == std::string_view::npos;
    if (alone) {
        if (node.heredocs[0].content.starts_with("#!")) {
            throw Error(ErrorCode::Unsupported,
                        "a heredoc that starts with #! is not supported; name its interpreter, as "
                        "in RUN python3 <<EOF");
        }
        return node.heredocs[0].content;
    }
    std::string whole = line;
    for (const auto& heredoc : node.heredocs)
        whole += "\n" + heredoc.content + heredoc.name;
    return whole;
}

Words command_of(const StageState& stage, const Node& node) {
    if (node.json) return node.args;
    const auto& shell = stage.config.config.shell;
    Words words = shell.empty() ? Words{"/bin/sh", "-c"} : shell;
    words.push_back(script_of(node));
    return words;
}

bool has_variable(const Words& env, const std::string& name) {
    return std::any_of(env.begin(), env.end(),
                       [&](const std::string& entry) { return entry.starts_with(name + "="); });
}

/// ARG is in the command's environment where ENV has nothing of that name.
Words arguments_of(const StageState& stage) {
    Words arguments;
    for (const auto& [name, value] : stage.config.args) {
        if (!has_variable(stage.config.config.env, name)) arguments.push_back(name + "=" + value);
    }
    return arguments;
}

/// The configuration a container gets that does this step and no more.
std::string config_of(const StageState& stage, const Words& command, const Words& arguments) {
    const spec::ImageConfig& config = stage.config.config;
    Words env = config.env;
    env.insert(env.end(), arguments.begin(), arguments.end());
    return spec::dump_image_config({.architecture = config.architecture,
                                    .os = config.os,
                                    .variant = config.variant,
                                    .user = config.user,
                                    .env = std::move(env),
                                    .cmd = command,
                                    .working_dir = config.working_dir});
}

std::string network_of(const Session& session, const StageState& stage, const Node& node) {
    const std::string text =
        dockerfile::expand(dockerfile::flag_of(node, "network"), lookup_in(stage.config),
                           {.escape = stage.config.escape});
    if (text.empty() || text == "default") return session.request.network;
    if (text == "none") return text;
    if (text == "host" && session.request.network == "host") return text;
    throw Error(ErrorCode::Denied,
                "--network=" + base::printable(text) +
                    " is not allowed in the Dockerfile; it takes default and none, and host for "
                    "'berth build --network host'");
}

void require_run_supported(const Node& node) {
    if (!dockerfile::flags_of(node, "mount").empty()) {
        throw Error(ErrorCode::Unsupported, "RUN --mount is not supported by this version of "
                                            "berth");
    }
    const std::string security = dockerfile::flag_of(node, "security");
    if (!security.empty() && security != "sandbox") {
        throw Error(ErrorCode::Denied, "RUN --security=insecure is not allowed");
    }
}

std::string history_of(const Words& command, const Words& arguments) {
    std::string text = "RUN ";
    if (!arguments.empty()) {
        text += "|" + std::to_string(arguments.size()) + " " + base::join(arguments, " ") + " ";
    }
    return text + base::join(command, " ");
}

[[noreturn]] void throw_failed(const Words& command, int status, const Relay& relay) {
    std::string text = "the command '" + base::printable(base::join(command, " ")) +
                       "' returned a non-zero code: " + std::to_string(status);
    const std::string last = relay.last_lines();
    if (!last.empty()) text += "\nIts last lines:\n" + last.substr(0, last.size() - 1);
    throw Error(ErrorCode::InvalidArgument, text);
}

} // namespace

void step_run(Session& session, StageState& stage, const Node& node) {
    require_run_supported(node);
    const Words command = command_of(stage, node);
    const Words arguments = arguments_of(stage);
    const std::string config = config_of(stage, command, arguments);
    const std::string network = network_of(session, stage, node);
    session.add_layer(stage, "run\n" + network + "\n" + config, [&] {
        Relay relay(session.output);
        const RunEnd end = session.host.run({.step = ++session.runs,
                                             .parent = stage.stack.top(),
                                             .made = session.made(),
                                             .config = config,
                                             .network = network,
                                             .output = relay.fd()});
        base::Rollback discard;
        discard.add([&] { session.host.discard(end.layer); });
        relay.finish();
        image::throw_if_cancelled();
        if (!end.error.empty()) throw Error(ErrorCode::InvalidArgument, end.error);
        if (end.status != 0) throw_failed(command, end.status, relay);
        return pack(session.engine, stage.stack, end.layer);
    });
    note_history(stage, history_of(command, arguments), false);
}

} // namespace berth::build
