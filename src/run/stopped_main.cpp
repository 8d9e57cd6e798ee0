// SPDX-License-Identifier: LGPL-2.1-or-later
// berth-stopped: what `berth-run stopped ID` becomes. A program of its own, because the start of a
// container should not wait for the database library to be loaded.
#include <exception>
#include <string_view>

#include <base/log.hpp>
#include <run/channel.hpp>
#include <run/stopped.hpp>

int main(int count, char** arguments) {
    try {
        if (count != 3 || std::string_view(arguments[1]) != "stopped") {
            berth::log::error("usage: berth-run stopped ID");
            return berth::run::kExitEngine;
        }
        berth::run::container_stopped(berth::ContainerId(arguments[2]));
        return 0;
    } catch (const std::exception& error) {
        berth::log::error("%s", error.what());
        return berth::run::kExitEngine;
    }
}
