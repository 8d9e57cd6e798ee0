// SPDX-License-Identifier: LGPL-2.1-or-later
#include "row.hpp"

#include <base/strings.hpp>

namespace berth::store {

std::string select_containers(std::string_view rest) {
    static constexpr std::string_view kSelect =
        "SELECT id, name, unit, spec, image_ref, image_id, image_layer, storage_driver, owner_uid, "
        "auto_remove, created, wanted, started_at, restart_count, pid, boot_id, start_error, "
        "finished_at, exit_code, exit_signal, oom_killed, result FROM containers ";
    return std::string(kSelect) + std::string(rest);
}

ContainerRecord read_container(const Statement& row) {
    ContainerRecord record{.id = ContainerId(row.text(0))};
    record.name = row.text(1);
    record.unit = row.text(2);
    record.spec = row.text(3);
    record.image_ref = row.text(4);
    record.image_id = row.text(5);
    if (!row.is_null(6)) record.image_layer = LayerId(row.text(6));
    record.storage_driver = row.text(7);
    record.owner_uid = static_cast<std::uint32_t>(row.integer(8));
    record.auto_remove = row.flag(9);
    record.created = row.integer(10);
    record.wanted = row.flag(11);
    record.started_at = row.integer(12);
    record.restart_count = static_cast<unsigned>(row.integer(13));
    record.pid = static_cast<int>(row.integer(14));
    record.boot_id = row.text(15);
    record.start_error = row.text(16);
    record.exit.finished_at = row.integer(17);
    record.exit.exit_code = static_cast<int>(row.integer(18));
    record.exit.exit_signal = static_cast<int>(row.integer(19));
    record.exit.oom_killed = row.flag(20);
    record.exit.result = row.text(21);
    return record;
}

std::vector<ContainerRecord> read_containers(Statement&& rows) {
    std::vector<ContainerRecord> records;
    while (rows.next())
        records.push_back(read_container(rows));
    return records;
}

bool is_id_prefix(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string prefix_end(std::string_view prefix) {
    return std::string(prefix) + 'g';
}

std::string enumerate(const std::vector<std::string>& names) {
    static constexpr std::size_t kShown = 5;
    if (names.size() <= kShown) return base::join(names, ", ");
    const std::vector<std::string> first(names.begin(), names.begin() + kShown);
    return base::join(first, ", ") + " and " + std::to_string(names.size() - kShown) + " more";
}

} // namespace berth::store
