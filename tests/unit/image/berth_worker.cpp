// SPDX-License-Identifier: LGPL-2.1-or-later
// A worker that does one job, for the tests of that job's other side.
#include <span>
#include <string_view>

#include <worker/unpack.hpp>

int main(int argc, char** argv) {
    const std::span<char* const> arguments(argv, static_cast<std::size_t>(argc));
    if (arguments.size() < 2 || std::string_view(arguments[1]) != "unpack") return 2;
    return berth::worker::unpack_main(arguments.subspan(2));
}
