// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store.hpp"

#include <algorithm>
#include <chrono>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <store/statement.hpp>

namespace berth::store {

Store::Store(const std::string& path) : database_(std::make_unique<Database>(path)) {}
Store::~Store() = default;

std::optional<std::string> Store::setting(const std::string& key) {
    Reading read(*database_);
    auto row = read->query("SELECT value FROM settings WHERE key = ?1", key);
    if (!row.next()) return std::nullopt;
    return row.text(0);
}

void Store::set_setting(const std::string& key, const std::string& value) {
    Writing write(*database_, Durability::Durable);
    write->run("INSERT INTO settings VALUES (?1, ?2) "
               "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
               key, value);
    write.commit();
}

std::vector<std::string> Store::check() {
    Reading read(*database_);
    std::vector<std::string> findings;
    auto row = read->query("PRAGMA integrity_check(20)");
    while (row.next()) {
        if (row.text(0) != "ok") findings.push_back("database: " + row.text(0));
    }
    auto key = read->query("PRAGMA foreign_key_check");
    while (key.next()) {
        findings.push_back("database: a row of " + key.text(0) + " refers to nothing in " +
                           key.text(2));
    }
    return findings;
}

std::string current_boot_id() {
    std::string id(base::trim(base::read_file("/proc/sys/kernel/random/boot_id", 128)));
    id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
    return id;
}

Usec now() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace berth::store
