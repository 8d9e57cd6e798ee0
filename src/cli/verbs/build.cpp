// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_result.hpp"
#include "job.hpp"
#include "options.hpp"
#include "output_file.hpp"
#include "verb.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include <base/file.hpp>
#include <dockerfile/parser.hpp>
#include <dockerfile/stages.hpp>
#include <dockerfile/text.hpp>

namespace berth::cli {
namespace {

struct Source {
    std::string name; ///< for messages
    std::string text;
};

Source read_dockerfile(const std::string& file, const std::string& context) {
    if (file == "-") {
        const auto text = base::read_all(STDIN_FILENO, dockerfile::kMaxFile, "the Dockerfile");
        return {"Dockerfile", text};
    }
    const std::string path = file.empty() ? context + "Dockerfile" : file;
    return {path, base::read_file(path, dockerfile::kMaxFile)};
}

/// As typed.
struct Flags {
    std::string file;
    bool only_check = false;
    bool dump_ast = false;
    std::vector<std::string> tags;
    std::vector<std::string> args;
    std::vector<std::string> labels;
    std::string target;
    std::string network;
    std::string iidfile;
    std::string progress = "auto";
    bool no_cache = false;
    bool quiet = false;
};

void declare(Options& options, Flags& flags) {
    options.value("-f,--file", "FILE", flags.file,
                  "The Dockerfile, CONTEXT/Dockerfile unless given; -: standard input");
    options.list("-t,--tag", "NAME[:TAG]", flags.tags, "Name of the new image");
    options.list("--build-arg", "NAME=VALUE", flags.args,
                 "Value of an ARG; NAME alone: from the environment");
    options.value("--target", "STAGE", flags.target, "The stage to build, not the last one");
    options.flag("--no-cache", flags.no_cache, "Do every step anew");
    options.list("--label", "KEY=VALUE", flags.labels, "Label of the new image");
    options.value("--network", "MODE", flags.network,
                  "Network of the RUN steps: default, none, host");
    options.value("--iidfile", "FILE", flags.iidfile, "Write the image's ID to a file");
    options.flag("-q,--quiet", flags.quiet, "Print nothing but the image's ID");
    options.value("--progress", "KIND", flags.progress, "auto, plain: line by line; quiet");
    options.flag("--check", flags.only_check, "Read the Dockerfile, say what is wrong with it");
    options.flag("--dump-ast", flags.dump_ast, "Print what each instruction was read as");
}

bus::StringMap pairs_of(const std::vector<std::string>& words, bool from_environment) {
    bus::StringMap pairs;
    for (const auto& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == 0 || word.empty()) throw UsageError("'" + word + "' has no name before =");
        const std::string name = word.substr(0, equals);
        if (equals != std::string::npos) {
            pairs[name] = word.substr(equals + 1);
        } else if (!from_environment) {
            pairs[name] = "";
        } else if (const char* value = std::getenv(name.c_str())) {
            pairs[name] = value;
        }
    }
    return pairs;
}

/// Passes on what the build says, in a thread of its own, to the end.
class Speaker {
  public:
    /// `quiet`: nobody hears it.
    explicit Speaker(bool quiet) : pipe_(base::make_pipe()), quiet_(quiet) {
        thread_ = std::thread([this] { pump(); });
    }
    Speaker(const Speaker&) = delete;
    Speaker& operator=(const Speaker&) = delete;
    ~Speaker() { finish(); }

    [[nodiscard]] base::Fd take() { return std::move(pipe_.write); }
    /// Waits until the other side has closed it.
    void finish() {
        pipe_.write.reset();
        if (thread_.joinable()) thread_.join();
    }

  private:
    void pump() {
        std::array<char, 16384> buffer{};
        ssize_t got = 0;
        while ((got = ::read(pipe_.read.get(), buffer.data(), buffer.size())) > 0) {
            if (!quiet_) std::fwrite(buffer.data(), 1, static_cast<std::size_t>(got), stderr);
        }
    }

    base::Pipe pipe_;
    bool quiet_;
    std::thread thread_;
};

base::Fd open_context(const std::string& context) {
    if (context == "-") return open_input("-", "the context is a terminal: name a directory");
    base::Fd directory(::open(context.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) throw_errno("cannot open the context '" + context + "'");
    return directory;
}

int make_image(Client& client, const Flags& flags, const Source& source,
               const std::string& context) {
    if (flags.progress != "auto" && flags.progress != "plain" && flags.progress != "quiet") {
        throw UsageError("--progress is auto, plain or quiet, not '" + flags.progress + "'");
    }
    const bool quiet = flags.quiet || flags.progress == "quiet";
    bus::Dict request{{"name", source.name},
                      {"references", flags.tags},
                      {"args", pairs_of(flags.args, true)},
                      {"labels", pairs_of(flags.labels, false)},
                      {"no_cache", flags.no_cache}};
    if (!flags.target.empty()) request.set("target", flags.target);
    if (!flags.network.empty()) request.set("network", flags.network);
    Speaker speaker(quiet);
    bus::Message call =
        client.new_call(bus::kRootPath, bus::kManagerInterface, "BuildImage", open_context(context),
                        speaker.take(), dockerfile::valid_utf8(source.text), request);
    const auto result = follow_job(client, std::move(call), {.what = "build", .quiet = true});
    speaker.finish();
    for (const auto& warning : result.get_or<bus::Strings>("warnings", {}))
        std::fprintf(stderr, "warning: %s\n", warning.c_str());
    const auto images = result.get<std::vector<bus::Dict>>("images");
    const auto id = images.back().get<std::string>("id");
    if (!flags.iidfile.empty()) {
        OutputFile file(flags.iidfile);
        base::write_all(file.fd().get(), id);
        file.keep();
    }
    std::puts(id.c_str());
    return 0;
}

int check_source(const Flags& flags, const Source& source) {
    try {
        const auto tree = dockerfile::parse(source.text);
        if (flags.dump_ast)
            std::fputs(dockerfile::dump(tree).c_str(), stdout);
        else
            (void)dockerfile::check(tree);
    } catch (const dockerfile::SyntaxError& error) {
        throw Error(ErrorCode::InvalidArgument, error.describe(source.name));
    }
    return 0;
}

} // namespace

int build(Client& client, const Arguments& arguments) {
    Flags flags;
    Options options("build", "[CONTEXT|-]", "Build an image from a Dockerfile");
    declare(options, flags);
    options.need(0, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    const bool reads_only = flags.only_check || flags.dump_ast;
    if (names->empty() && !reads_only) {
        throw UsageError("berth build needs a context: a directory, or - for a tar",
                         UsageError::kBadArguments);
    }
    const std::string context = names->empty() ? "" : names->front();
    if (context == "-" && flags.file.empty()) {
        throw UsageError("with a tar as the context, name the Dockerfile by -f FILE",
                         UsageError::kBadArguments);
    }
    if (context == "-" && flags.file == "-") {
        throw UsageError("the Dockerfile and the context can't both come from standard input");
    }
    const Source source = read_dockerfile(flags.file, context.empty() ? "" : context + "/");
    if (reads_only) return check_source(flags, source);
    return make_image(client, flags, source, context);
}

} // namespace berth::cli
