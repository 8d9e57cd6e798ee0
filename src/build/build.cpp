// SPDX-License-Identifier: LGPL-2.1-or-later
#include "build.hpp"

#include <base/strings.hpp>
#include <build/plan.hpp>
#include <build/session.hpp>
#include <dockerfile/parser.hpp>
#include <dockerfile/text.hpp>
#include <image/cancel.hpp>
#include <image/new_image.hpp>
#include <spec/platform.hpp>

namespace berth::build {

namespace {

using dockerfile::Node;

std::string upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

/// "COPY a b": the name in capitals, the rest as written.
std::string shown(const Node& node) {
    const std::string line(dockerfile::trim_space(node.line));
    return upper(node.name) + line.substr(std::min(node.name.size(), line.size()));
}

/// CMD and ENTRYPOINT as docker's history has them.
std::string shown_words(const Node& node, const std::vector<std::string>& words) {
    std::string text = upper(node.name) + " [";
    for (const auto& word : words)
        text += (text.ends_with("[") ? "" : " ") + dockerfile::quote(word);
    return text + "]";
}

class Builder {
  public:
    Builder(Session& session, const dockerfile::Tree& tree, std::vector<PlannedStage> plan)
        : session_(session), tree_(tree), plan_(std::move(plan)) {}

    StageState run() {
        for (const auto& stage : plan_)
            session_.done.insert_or_assign(stage.number, build_stage(stage));
        return std::move(session_.done.at(plan_.back().number));
    }

  private:
    StageState build_stage(const PlannedStage& planned) {
        step_ = 0;
        steps_ = planned.stage->steps.size() + 1;
        title_ = plan_.size() == 1             ? ""
                 : planned.stage->name.empty() ? "stage-" + std::to_string(planned.number) + " "
                                               : planned.stage->name + " ";
        announce(shown(*planned.stage->from));
        StageState stage = base_of(planned);
        run_triggers(stage, planned.number);
        for (const Node* node : planned.stage->steps) {
            announce(shown(*node));
            guarded_step(stage, *node, planned.number);
        }
        return stage;
    }

    void announce(const std::string& text) {
        const std::string line = text.substr(0, text.find('\n'));
        session_.output.line("[" + title_ + std::to_string(++step_) + "/" + std::to_string(steps_) +
                             "] " + line);
    }

    StageState base_of(const PlannedStage& planned) {
        if (planned.parent) {
            StageState stage = session_.done.at(*planned.parent);
            stage.config.args.clear();
            stage.config.cmd_set = false;
            return stage;
        }
        if (planned.base == "scratch") return from_scratch();
        try {
            return state_of_image(session_.image(planned.base, planned.platform), tree_.escape);
        } catch (const Error& error) {
            throw placed(*planned.stage->from, error);
        }
    }

    StageState from_scratch() {
        const auto host = spec::host_platform();
        StageState stage{.config = {.escape = tree_.escape}, .stack = {}};
        stage.config.config.architecture = host.architecture;
        stage.config.config.os = host.os;
        stage.config.config.variant = host.variant;
        // As docker, who starts from here for an image that has none.
        stage.config.config.env = {
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
        stage.config.config.working_dir = "/";
        return stage;
    }

    /// ONBUILD of the image it stands on.
    void run_triggers(StageState& stage, std::size_t number) {
        const auto triggers = std::exchange(stage.config.config.on_build, {});
        for (const auto& text : triggers) {
            const auto tree = dockerfile::parse(text);
            for (const Node& node : tree.nodes) {
                dockerfile::check_step(node, true);
                session_.output.line("[" + title_ + "ONBUILD] " + shown(node));
                guarded_step(stage, node, number);
            }
        }
    }

    [[nodiscard]] Error placed(const Node& node, const Error& error) const {
        if (image::is_cancelled()) return {ErrorCode::Cancelled, "the build was cancelled"};
        return with_context(session_.request.name + ":" + std::to_string(node.first_line) + ": " +
                                base::printable(shown(node).substr(0, 200)),
                            error);
    }

    void guarded_step(StageState& stage, const Node& node, std::size_t number) {
        image::throw_if_cancelled();
        session_.cached = false;
        try {
            step(stage, node, number);
        } catch (const Error& error) {
            throw placed(node, error);
        }
        if (session_.cached) session_.output.line("    CACHED");
    }

    void step(StageState& stage, const Node& node, std::size_t number) {
        const std::string name = base::to_lower(node.name);
        if (name == "run") return step_run(session_, stage, node);
        if (name == "copy" || name == "add") return step_copy(session_, stage, node, number);
        if (name == "arg") {
            session_.scope.declare(stage.config, node);
        } else if (name == "healthcheck") {
            step_health(stage, node);
        } else {
            (void)image::apply_config_step(stage.config, node);
        }
        if (name == "workdir") return step_workdir(session_, stage, node);
        const auto& config = stage.config.config;
        const std::string text = name == "cmd"          ? shown_words(node, config.cmd)
                                 : name == "entrypoint" ? shown_words(node, config.entrypoint)
                                                        : shown(node);
        note_history(stage, text, true);
    }

    Session& session_;
    const dockerfile::Tree& tree_;
    std::vector<PlannedStage> plan_;
    std::string title_;
    std::size_t step_ = 0;
    std::size_t steps_ = 0;
};

std::vector<std::string> names_of(const spec::BuildRequest& request) {
    std::vector<std::string> names;
    for (const auto& reference : request.references) {
        for (auto& name : image::names_for_new(reference))
            names.push_back(std::move(name));
    }
    return names;
}

spec::JobImage finish(Session& session, StageState stage, const std::vector<std::string>& names) {
    auto& config = stage.config.config;
    for (const auto& [key, value] : session.request.labels)
        config.labels[key] = value;
    config.created = image::current_time();
    config.diff_ids = stage.stack.diff_ids();
    std::vector<spec::Descriptor> blobs;
    for (const auto& layer : stage.stack.layers) {
        blobs.push_back({.media_type = layer.media_type,
                         .digest = layer.blob,
                         .size = layer.blob_size,
                         .annotations = {}});
    }
    auto image = image::make_image(session.engine, spec::dump_image_config(config), config.diff_ids,
                                   blobs, stage.stack.docker);
    image.references = names;
    return image;
}

struct Source {
    dockerfile::Tree tree;
    dockerfile::Stages stages; ///< refers to the tree
};

Source read_source(const spec::BuildRequest& request) {
    try {
        Source source{.tree = dockerfile::parse(request.dockerfile), .stages = {}};
        source.stages = dockerfile::check(source.tree);
        return source;
    } catch (const dockerfile::SyntaxError& error) {
        throw Error(ErrorCode::InvalidArgument, error.describe(request.name));
    }
}

/// Fills the result as it goes, so that a failure leaves what there is.
void build_into(spec::JobResult& result, image::Engine& engine, Host& host,
                const spec::BuildRequest& request, std::uint32_t uid, const Streams& streams) {
    const auto names = names_of(request);
    const Source source = read_source(request);
    Output output(streams.output);
    Trees trees(engine, streams.context, uid);
    Scope scope(request.args, platform_variables(spec::host_platform()), source.tree.escape);
    for (const Node* node : source.stages.global_args)
        scope.declare_global(*node);
    Session session{.engine = engine,
                    .host = host,
                    .output = output,
                    .trees = trees,
                    .request = request,
                    .stages = source.stages,
                    .scope = scope,
                    .done = {},
                    .pulled = {},
                    .steps = {}};
    try {
        Builder builder(session, source.tree, plan_stages(source.stages, scope, request.target));
        auto image = finish(session, builder.run(), names);
        for (const auto& name : scope.unused()) {
            result.warnings.push_back("the build argument '" + base::printable(name) +
                                      "' is not used by the Dockerfile");
        }
        result.images = std::move(session.pulled);
        result.images.push_back(std::move(image));
        result.steps = std::move(session.steps);
        result.ok = true;
    } catch (const std::exception&) {
        result.images = std::move(session.pulled);
        result.steps = std::move(session.steps);
        throw;
    }
}

} // namespace

spec::JobResult build_image(image::Engine& engine, Host& host, const spec::BuildRequest& request,
                            std::uint32_t uid, const Streams& streams) {
    spec::JobResult result;
    try {
        build_into(result, engine, host, request, uid, streams);
    } catch (const Error& error) {
        result.error = image::is_cancelled() ? ErrorCode::Cancelled : error.code();
        result.message = image::is_cancelled() ? "the build was cancelled" : error.what();
    }
    return result;
}

} // namespace berth::build
