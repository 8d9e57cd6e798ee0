// SPDX-License-Identifier: LGPL-2.1-or-later
#include "build_steps.hpp"

#include <store/statement.hpp>
#include <store/store.hpp>

namespace berth::store {

BuildSteps::BuildSteps(const std::string& path) : database_(std::make_unique<Database>(path)) {}
BuildSteps::~BuildSteps() = default;

void BuildSteps::add(const std::vector<BuildStep>& steps) {
    Writing write(*database_, Durability::Durable);
    for (const auto& step : steps) {
        const auto& layer = step.layer;
        write->run("INSERT INTO layers VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (chain) DO NOTHING",
                   layer.chain, step.parent, layer.diff, layer.size, layer.driver);
        write->run("INSERT INTO build_steps VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (key) "
                   "DO UPDATE SET chain = excluded.chain, blob = excluded.blob, "
                   "media_type = excluded.media_type, blob_size = excluded.blob_size, "
                   "used = excluded.used",
                   step.key, layer.chain, layer.blob, layer.media_type, layer.blob_size, now());
    }
    write.commit();
}

std::optional<BuildStep> BuildSteps::find(const std::string& key) {
    Reading read(*database_);
    auto row = read->query("SELECT layers.chain, diff, size, driver, blob, media_type, blob_size, "
                           "parent FROM build_steps JOIN layers ON layers.chain = "
                           "build_steps.chain WHERE key = ?1",
                           key);
    if (!row.next()) return std::nullopt;
    BuildStep step{.key = key,
                   .layer = {.chain = LayerId(row.text(0)),
                             .diff = Digest(row.text(1)),
                             .size = row.size(2),
                             .driver = row.text(3),
                             .blob = Digest(row.text(4)),
                             .media_type = row.text(5),
                             .blob_size = row.size(6)},
                   .parent = std::nullopt};
    if (!row.is_null(7)) step.parent = LayerId(row.text(7));
    return step;
}

std::uint64_t BuildSteps::remove(Usec before) {
    Writing write(*database_, Durability::Durable);
    write->run("DELETE FROM build_steps WHERE used < ?1", before);
    const auto removed = static_cast<std::uint64_t>(write->changes());
    write.commit();
    return removed;
}

} // namespace berth::store
