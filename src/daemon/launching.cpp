// SPDX-License-Identifier: LGPL-2.1-or-later
#include "launching.hpp"

#include <daemon/events.hpp>
#include <daemon/terminals.hpp>
#include <daemon/waiters.hpp>

namespace berth::daemon {

container::ConsoleSize read_console_size(const bus::Dict& options) {
    const auto side = [&options](const char* name) {
        const auto value = options.get_or<std::uint32_t>(name, 0);
        if (value <= UINT16_MAX) return static_cast<std::uint16_t>(value);
        throw Error(ErrorCode::InvalidArgument,
                    std::string("option '") + name + "' is more than a terminal can have, 65535");
    };
    return {.rows = side("rows"), .columns = side("columns")};
}

Launch read_launch(const bus::Call& call, const bus::Dict& options) {
    Launch launch{.client = call.message().sender()};
    launch.options.stdio.in = options.get_or<bus::SharedFd>("stdin", nullptr);
    launch.options.stdio.out = options.get_or<bus::SharedFd>("stdout", nullptr);
    launch.options.stdio.err = options.get_or<bus::SharedFd>("stderr", nullptr);
    launch.terminal = options.get_or("attach", false);
    launch.options.console = read_console_size(options);
    launch.options.attached = launch.terminal || launch.options.stdio.any();
    if (launch.options.attached && options.get_or("detach", false)) {
        throw Error(ErrorCode::InvalidArgument,
                    "'detach' excludes 'attach' and descriptors for input and output");
    }
    return launch;
}

bus::Dict launched(Context& context, const store::ContainerRecord& record,
                   const container::Started& started, const Launch& launch) {
    context.events->container(record, "start");
    if (record.auto_remove) context.waiters->keep_for_removal(record.id);
    bus::Dict result{{"unit", started.unit}};
    const std::string key = "container/" + record.id.str();
    if (launch.terminal && context.terminals->has(key)) {
        result.set("terminal", context.terminals->attach(key, launch.client));
    }
    return result;
}

} // namespace berth::daemon
