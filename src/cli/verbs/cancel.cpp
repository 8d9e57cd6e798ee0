// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "report.hpp"
#include "verb.hpp"

#include <cstdio>

#include <base/strings.hpp>

namespace berth::cli {

int cancel(Client& client, const Arguments& arguments) {
    Options options("cancel", "JOB...", "Cancel jobs of berth jobs");
    options.need(1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    return for_each(*names, [&](const std::string& name) {
        const auto number = base::parse_number(name, UINT32_MAX);
        if (!number)
            throw Error(ErrorCode::InvalidArgument,
                        "'" + base::printable(name) + "' is no number of a job: see berth jobs");
        const auto path = client.manager("GetJob", static_cast<std::uint32_t>(*number))
                              .read<bus::ObjectPath>()
                              .path;
        client.on(path, kJobInterface, "Cancel", bus::Dict());
        std::puts(name.c_str());
    });
}

} // namespace berth::cli
