// SPDX-License-Identifier: LGPL-2.1-or-later
#include <store/statement.hpp>

namespace berth::store {

namespace {

LayerRecord read_layer(const Statement& row) {
    LayerRecord layer{.chain = LayerId(row.text(0)), .diff = Digest(row.text(2))};
    if (!row.is_null(1)) layer.parent = LayerId(row.text(1));
    layer.size = row.size(3);
    layer.driver = row.text(4);
    return layer;
}

} // namespace

std::vector<LayerRecord> Store::layers() {
    Reading read(*database_);
    auto rows = read->query("SELECT chain, parent, diff, size, driver FROM layers ORDER BY chain");
    std::vector<LayerRecord> layers;
    while (rows.next())
        layers.push_back(read_layer(rows));
    return layers;
}

bool Store::has_layer(const LayerId& chain) {
    Reading read(*database_);
    return read->query("SELECT 1 FROM layers WHERE chain = ?1", chain).next();
}

std::vector<LayerRecord> Store::unreferenced_layers() {
    Reading read(*database_);
    // Used: what images and containers stand on, and all below. The rest, highest first.
    auto rows = read->query(
        "WITH RECURSIVE used (chain) AS ("
        "  SELECT chain FROM image_layers UNION SELECT chain FROM build_steps "
        "  UNION SELECT image_layer FROM containers "
        "  WHERE image_layer IS NOT NULL "
        "  UNION SELECT parent FROM layers JOIN used ON layers.chain = used.chain "
        "  WHERE parent IS NOT NULL), "
        "depths (chain, depth) AS ("
        "  SELECT chain, 0 FROM layers WHERE parent IS NULL UNION ALL "
        "  SELECT layers.chain, depth + 1 FROM layers JOIN depths ON layers.parent = depths.chain) "
        "SELECT layers.chain, parent, diff, size, driver FROM layers "
        "JOIN depths ON depths.chain = layers.chain "
        "WHERE layers.chain NOT IN (SELECT chain FROM used) ORDER BY depth DESC, layers.chain");
    std::vector<LayerRecord> layers;
    while (rows.next())
        layers.push_back(read_layer(rows));
    return layers;
}

void Store::forget_layers(const std::vector<LayerId>& chains) {
    Writing write(*database_, Durability::Durable);
    for (const auto& chain : chains) {
        write->run("DELETE FROM layers WHERE chain = ?1 AND NOT EXISTS "
                   "(SELECT 1 FROM image_layers WHERE image_layers.chain = ?1) AND NOT EXISTS "
                   "(SELECT 1 FROM build_steps WHERE build_steps.chain = ?1) AND NOT EXISTS "
                   "(SELECT 1 FROM layers AS child WHERE child.parent = ?1)",
                   chain);
    }
    write.commit();
}

std::set<Digest> Store::referenced_blobs() {
    Reading read(*database_);
    auto rows =
        read->query("SELECT id FROM images UNION SELECT manifest FROM images "
                    "UNION SELECT blob FROM image_layers UNION SELECT blob FROM build_steps");
    std::set<Digest> blobs;
    while (rows.next())
        blobs.insert(Digest(rows.text(0)));
    return blobs;
}

} // namespace berth::store
