// SPDX-License-Identifier: LGPL-2.1-or-later
// berth-worker: one long piece of work in a process of its own.
//     berth-worker job N          a job of the daemon (jobs/N/request.json)
//     berth-worker unpack ...     the confined child that unpacks a layer (worker/unpack.hpp)
//     berth-worker logs ...       a container's lines of the journal (worker/logs.hpp)
#include <clocale>
#include <cstdio>
#include <cstring>
#include <exception>
#include <span>

#include <base/log.hpp>
#include <base/strings.hpp>
#include <worker/job.hpp>
#include <worker/logs.hpp>
#include <worker/unpack.hpp>

namespace {

int usage() {
    std::fputs("usage: berth-worker job N\n"
               "       berth-worker logs CONTAINER-ID [--follow] [--tail=N] [--since=USEC] "
               "[--until=USEC] [--unit=NAME]\n"
               "It is started by berthd.\n",
               stderr);
    return 2;
}

int run(std::span<char* const> arguments) {
    if (arguments.empty()) return usage();
    const std::string_view command = arguments[0];
    const auto rest = arguments.subspan(1);
    if (command == "unpack") return berth::worker::unpack_main(rest);
    if (command == "logs") return berth::worker::logs_main(rest);
    if (command == "job" && rest.size() == 1) {
        const auto number = berth::base::parse_number(rest[0], UINT32_MAX);
        if (number) return berth::worker::run_job(*number);
    }
    return usage();
}

} // namespace

int main(int argc, char** argv) {
    // Names in archives are UTF-8 for libarchive, or bytes.
    std::setlocale(LC_CTYPE, "C.UTF-8");
    try {
        return run(std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
    } catch (const std::exception& error) {
        berth::log::error("%s", error.what());
        return 1;
    }
}
