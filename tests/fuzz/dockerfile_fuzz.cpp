// SPDX-License-Identifier: LGPL-2.1-or-later
// Dockerfiles and .dockerignore files: any text is refused by InvalidArgument or Exhausted, or is a
// tree whose every instruction stands on lines of the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include <dockerfile/expand.hpp>
#include <dockerfile/ignore.hpp>
#include <dockerfile/parser.hpp>
#include <dockerfile/stages.hpp>

namespace {

using namespace std::string_view_literals;

template <class Action>
void refuse_or(Action action) {
    try {
        action();
    } catch (const berth::Error& error) {
        if (error.code() != berth::ErrorCode::InvalidArgument &&
            error.code() != berth::ErrorCode::Exhausted) {
            std::abort();
        }
    }
}

std::optional<std::string> value_of(const std::string& name) {
    if (name == "unset") return std::nullopt;
    return "value of " + name;
}

void read_dockerfile(std::string_view text) {
    const auto tree = berth::dockerfile::parse(text);
    if (berth::dockerfile::dump(tree).empty()) std::abort();
    unsigned line = 0;
    for (const auto& node : tree.nodes) {
        if (node.first_line <= line || node.last_line < node.first_line) std::abort();
        line = node.last_line;
        for (const auto& word : node.args) {
            refuse_or([&] { (void)berth::dockerfile::expand(word, value_of); });
        }
    }
    (void)berth::dockerfile::check(tree);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    refuse_or([&] { read_dockerfile(text); });
    refuse_or([&] {
        const auto list = berth::dockerfile::IgnoreList::parse(text);
        if (list.ignores(".")) std::abort();
        (void)list.ignores("a/b/Dockerfile");
    });
    return 0;
}
