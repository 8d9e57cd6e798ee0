// SPDX-License-Identifier: LGPL-2.1-or-later
// berth.toml: any text is refused by InvalidArgument, with the file's name, or gives settings.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <berth/error.hpp>
#include <spec/engine_config.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto config = berth::spec::parse_engine_config(
            std::string_view(reinterpret_cast<const char*>(data), size), "berth.toml");
        static_cast<void>(config.plugin_json("registry", "distribution"));
    } catch (const berth::Error& error) {
        const bool named = std::string_view(error.what()).find("berth.toml") == 0;
        if (error.code() != berth::ErrorCode::InvalidArgument || !named) std::abort();
    }
    return 0;
}
