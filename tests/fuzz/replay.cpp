// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a fuzz target over the files of its committed corpus, for compilers without libFuzzer.
#include <cstdint>
#include <cstdio>
#include <string>

#include <base/dir.hpp>
#include <berth/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
    int count = 0;
    try {
        for (int i = 1; i < argc; ++i) {
            const auto corpus = berth::base::Dir::open(argv[i]);
            for (const auto& name : corpus.list()) {
                const std::string bytes = corpus.read(name, 1U << 26U);
                LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                       bytes.size());
                ++count;
            }
        }
    } catch (const berth::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::printf("%d inputs\n", count);
    return count > 0 ? 0 : 1;
}
