// SPDX-License-Identifier: LGPL-2.1-or-later
// Configurations of images: any bytes are refused by berth::Error, or what is written from them
// reads back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <berth/error.hpp>
#include <spec/image_config.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using berth::spec::dump_image_config;
    using berth::spec::parse_image_config;
    try {
        const auto config =
            parse_image_config(std::string_view(reinterpret_cast<const char*>(data), size));
        const std::string text = dump_image_config(config);
        if (dump_image_config(parse_image_config(text)) != text) std::abort();
        if (berth::spec::chain_ids(config.diff_ids).size() != config.diff_ids.size()) std::abort();
    } catch (const berth::Error&) {
        // Refused, with a reason.
    }
    return 0;
}
