// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts images made of given layer tars into a FakePlace, by the specification's own rules and not
// by the code under test.
#pragma once

#include <string>
#include <vector>

#include <tests/support/fake_registry.hpp>
#include <zlib.h>

#include <base/hash.hpp>

namespace berth::test {

inline std::string gzipped(const std::string& bytes) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// Hexadecimal digits that gzip can't shrink much.
inline std::string noise(std::size_t size, unsigned seed = 1) {
    std::string bytes;
    for (unsigned n = 0; bytes.size() < size; ++n) {
        bytes += base::sha256(std::to_string(seed) + "/" + std::to_string(n)).hex();
    }
    bytes.resize(size);
    return bytes;
}

struct ImageRecipe {
    std::vector<std::string> tars;
    std::vector<std::string> diff_ids; ///< instead of the right ones
    std::vector<std::string> packed;   ///< the layers' blobs, instead of their tars by gzip
    std::string run_config = R"({"Cmd":["sh"],"Env":["A=1"]})";
    std::string architecture = "amd64";
    std::string size_of_layer; ///< instead of the right one
};

/// Adds it under the tag; returns its id.
inline Digest add_image(FakePlace& place, const std::string& tag, const ImageRecipe& recipe) {
    std::string diffs;
    std::string layers;
    for (std::size_t at = 0; at < recipe.tars.size(); ++at) {
        const std::string diff =
            at < recipe.diff_ids.size() ? recipe.diff_ids[at] : base::sha256(recipe.tars[at]).str();
        const std::string blob =
            at < recipe.packed.size() ? recipe.packed[at] : gzipped(recipe.tars[at]);
        const std::string comma = at == 0 ? "" : ",";
        diffs += comma + "\"" + diff + "\"";
        layers +=
            comma + R"({"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":")" +
            place.add_blob(blob).str() + R"(","size":)" +
            (recipe.size_of_layer.empty() ? std::to_string(blob.size()) : recipe.size_of_layer) +
            "}";
    }
    const std::string config = R"({"architecture":")" + recipe.architecture +
                               R"(","os":"linux","config":)" + recipe.run_config +
                               R"(,"rootfs":{"type":"layers","diff_ids":[)" + diffs + "]}}";
    const Digest id = place.add_blob(config);
    place.add_manifest(tag, "application/vnd.oci.image.manifest.v1+json",
                       R"({"schemaVersion":2,"config":{"mediaType":)"
                       R"("application/vnd.oci.image.config.v1+json","digest":")" +
                           id.str() + R"(","size":)" + std::to_string(config.size()) +
                           R"(},"layers":[)" + layers + "]}");
    return id;
}

} // namespace berth::test
