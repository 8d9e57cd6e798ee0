// SPDX-License-Identifier: LGPL-2.1-or-later
// Containers as their records keep them: any bytes are refused by berth::Error, or what is
// written from them reads back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <berth/error.hpp>
#include <spec/container_spec.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using berth::spec::dump_container_spec;
    using berth::spec::parse_container_spec;
    try {
        const std::string text = dump_container_spec(
            parse_container_spec(std::string_view(reinterpret_cast<const char*>(data), size)));
        if (dump_container_spec(parse_container_spec(text)) != text) std::abort();
    } catch (const berth::Error&) {
        // Refused, with a reason.
    }
    return 0;
}
