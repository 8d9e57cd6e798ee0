// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of images: any text is refused by InvalidArgument or is a reference that reads back as
// itself from both its forms.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <berth/error.hpp>
#include <spec/reference.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using berth::spec::parse_reference;
    try {
        const auto reference =
            parse_reference(std::string_view(reinterpret_cast<const char*>(data), size));
        if (parse_reference(reference.canonical()) != reference) std::abort();
        if (parse_reference(reference.familiar()) != reference) std::abort();
    } catch (const berth::Error& error) {
        if (error.code() != berth::ErrorCode::InvalidArgument) std::abort();
    }
    return 0;
}
