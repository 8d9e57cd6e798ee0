// SPDX-License-Identifier: LGPL-2.1-or-later
// Templates of --format, over a document like those berth shows: refused by InvalidArgument, or
// rendered within bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <berth/error.hpp>
#include <cli/go_template.hpp>

namespace {

const nlohmann::json& document() {
    static const nlohmann::json json{
        {"Id", "0123456789abcdef"},
        {"Names", {"web", "db"}},
        {"State", {{"Running", true}, {"ExitCode", -1}, {"Pid", 4294967295U}}},
        {"Labels", {{"a.b", "c"}, {"", "empty"}}},
        {"Size", 1.5},
        {"None", nullptr}};
    return json;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using berth::cli::GoTemplate;
    const std::string source(reinterpret_cast<const char*>(data), size);
    try {
        const GoTemplate parsed(berth::cli::unescape_format(source));
        if (parsed.render(document()).size() > GoTemplate::kMaxOutput) std::abort();
    } catch (const berth::Error& error) {
        if (error.code() != berth::ErrorCode::InvalidArgument) std::abort();
    }
    return 0;
}
