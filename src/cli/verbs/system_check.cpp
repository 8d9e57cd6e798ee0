// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "report.hpp"
#include "verb.hpp"

#include <cstdio>

#include <base/strings.hpp>

namespace berth::cli {

int system_check(Client& client, const Arguments& arguments) {
    bool repair = false;
    bool quick = false;
    Options options("system check", "", "Compare records, files and what systemd runs");
    options.flag("-r,--repair", repair, "Repair what can be repaired");
    options.flag("-q,--quick", quick, "");
    options.hide();
    if (!options.parse(arguments)) return 0;
    bus::Dict request;
    if (repair) request.set("repair", true);
    const auto findings =
        client.manager("Check", request).read<std::vector<std::pair<std::string, bool>>>();
    bool open = false;
    for (const auto& [text, repaired] : findings) {
        std::printf("%s%s\n", repaired ? "repaired: " : "", base::printable(text).c_str());
        open = open || !repaired;
    }
    if (findings.empty())
        std::puts("Nothing is wrong.");
    else if (open && !repair)
        std::puts("'berth system check --repair' repairs what it can.");
    return open ? kFailed : 0;
}

} // namespace berth::cli
