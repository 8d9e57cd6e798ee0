// SPDX-License-Identifier: LGPL-2.1-or-later
// Manifests and indexes: any bytes are refused by berth::Error or within the bounds; an image's
// manifest reads back as itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <berth/error.hpp>
#include <spec/manifest.hpp>

namespace spec = berth::spec;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto parsed =
            spec::parse_manifest(std::string_view(reinterpret_cast<const char*>(data), size), "");
        if (const auto* index = std::get_if<spec::ImageIndex>(&parsed)) {
            static_cast<void>(spec::select_platform(*index, spec::host_platform()));
            return 0;
        }
        const auto& image = std::get<spec::ImageManifest>(parsed);
        if (image.layers.size() > spec::kMaxLayers) std::abort();
        const auto again =
            std::get<spec::ImageManifest>(spec::parse_manifest(spec::dump_manifest(image), ""));
        if (again.layers != image.layers || again.config != image.config) std::abort();
    } catch (const berth::Error&) {
        // Refused, with a reason.
    }
    return 0;
}
