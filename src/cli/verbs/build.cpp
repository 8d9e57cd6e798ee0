// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "verb.hpp"

#include <cstdio>

#include <dockerfile/parser.hpp>
#include <dockerfile/stages.hpp>
#include <unistd.h>

#include <base/file.hpp>

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

} // namespace

int build(Client& /*client*/, const Arguments& arguments) {
    std::string file;
    bool only_check = false;
    bool dump_ast = false;
    Options options("build", "--check [CONTEXT]", "Check a Dockerfile");
    options.value("-f,--file", "FILE", file,
                  "The Dockerfile, CONTEXT/Dockerfile unless given; -: "
                  "standard input");
    options.flag("--check", only_check, "Read the Dockerfile, say what is wrong with it");
    options.flag("--dump-ast", dump_ast, "Print what each instruction was read as");
    options.need(0, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    if (!only_check && !dump_ast) {
        throw UsageError("this version of berth reads Dockerfiles and does not build them: give "
                         "--check, and 'berth import' or 'berth commit' to make an image");
    }
    const Source source = read_dockerfile(file, names->empty() ? "" : names->front() + "/");
    try {
        const auto tree = dockerfile::parse(source.text);
        if (dump_ast) {
            std::fputs(dockerfile::dump(tree).c_str(), stdout);
            return 0;
        }
        (void)dockerfile::check(tree);
    } catch (const dockerfile::SyntaxError& error) {
        throw Error(ErrorCode::InvalidArgument, error.describe(source.name));
    }
    return 0;
}

} // namespace berth::cli
