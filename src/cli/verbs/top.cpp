// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"
#include "table.hpp"
#include "verb.hpp"

namespace berth::cli {

int top(Client& client, const Arguments& arguments) {
    Options options("top", "CONTAINER [PS OPTIONS]", "List the processes of a container");
    options.stop_at_first_argument();
    options.need(1);
    const auto words = options.parse(arguments);
    if (!words) return 0;
    const std::vector<std::string> ps_options(words->begin() + 1, words->end());
    auto reply = client.on(client.container((*words)[0]), kContainerInterface, "Top", ps_options);
    std::vector<Column> columns;
    for (const auto& title : reply.read<bus::Strings>())
        columns.push_back({title});
    if (!columns.empty()) columns.back().least = 8;
    const std::size_t count = columns.size();
    Table table(std::move(columns));
    for (auto row : reply.read<std::vector<bus::Strings>>()) {
        row.resize(count);
        table.add(std::move(row));
    }
    table.print();
    return 0;
}

} // namespace berth::cli
