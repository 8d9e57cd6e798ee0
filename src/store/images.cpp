// SPDX-License-Identifier: LGPL-2.1-or-later
#include <store/map_json.hpp>
#include <store/row.hpp>

namespace berth::store {

namespace {

std::string select_images(std::string_view rest) {
    static constexpr std::string_view kSelect =
        "SELECT id, manifest, manifest_media_type, size, created, added, architecture, os, "
        "variant, labels FROM images ";
    return std::string(kSelect) + std::string(rest);
}

ImageRecord read_image(const Statement& row) {
    ImageRecord image{.id = Digest(row.text(0)), .manifest = Digest(row.text(1))};
    image.manifest_media_type = row.text(2);
    image.size = row.size(3);
    image.created = row.integer(4);
    image.added = row.integer(5);
    image.architecture = row.text(6);
    image.os = row.text(7);
    image.variant = row.text(8);
    image.labels = parse_map(row.text(9));
    return image;
}

std::vector<ImageRecord> read_images(Statement&& rows) {
    std::vector<ImageRecord> images;
    while (rows.next())
        images.push_back(read_image(rows));
    return images;
}

Error no_such_image(const Digest& id) {
    return {ErrorCode::NotFound, "No such image: " + id.str()};
}

void insert_image(Connection& db, const ImageRecord& image) {
    db.run("INSERT INTO images VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) "
           "DO UPDATE SET manifest = excluded.manifest, "
           "manifest_media_type = excluded.manifest_media_type, size = excluded.size",
           image.id, image.manifest, image.manifest_media_type, image.size, image.created,
           image.added, image.architecture, image.os, image.variant, dump_map(image.labels));
}

void insert_layers(Connection& db, const Digest& image, const std::vector<ImageLayer>& layers) {
    db.run("DELETE FROM image_layers WHERE image = ?1", image);
    std::optional<LayerId> parent;
    std::int64_t position = 0;
    for (const auto& layer : layers) {
        db.run("INSERT INTO layers VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (chain) "
               "DO UPDATE SET driver = excluded.driver, size = excluded.size",
               layer.chain, parent, layer.diff, layer.size, layer.driver);
        db.run("INSERT INTO image_layers VALUES (?1, ?2, ?3, ?4, ?5, ?6)", image, position++,
               layer.chain, layer.blob, layer.media_type, layer.blob_size);
        parent = layer.chain;
    }
}

void point(Connection& db, const std::string& reference, const Digest& image) {
    db.run("INSERT INTO image_references VALUES (?1, ?2) ON CONFLICT (reference) "
           "DO UPDATE SET image = excluded.image",
           reference, image);
}

} // namespace

void Store::add_image(const ImageRecord& image, const std::vector<ImageLayer>& layers,
                      const std::vector<std::string>& references) {
    Writing write(*database_, Durability::Durable);
    insert_image(*write, image);
    insert_layers(*write, image.id, layers);
    for (const auto& reference : references)
        point(*write, reference, image.id);
    write.commit();
}

ImageRecord Store::image(const Digest& id) {
    Reading read(*database_);
    auto row = read->query(select_images("WHERE id = ?1"), id);
    if (!row.next()) throw no_such_image(id);
    return read_image(row);
}

std::optional<ImageRecord> Store::image_by_reference(const std::string& reference) {
    Reading read(*database_);
    auto row = read->query(
        select_images("WHERE id = (SELECT image FROM image_references WHERE reference = ?1)"),
        reference);
    if (!row.next()) return std::nullopt;
    return read_image(row);
}

std::vector<ImageRecord> Store::images_by_prefix(std::string_view prefix) {
    if (!is_id_prefix(prefix)) return {};
    const std::string start = "sha256:" + std::string(prefix);
    Reading read(*database_);
    return read_images(
        read->query(select_images("WHERE id >= ?1 AND id < ?2 LIMIT 2"), start, prefix_end(start)));
}

std::vector<ImageRecord> Store::images() {
    Reading read(*database_);
    return read_images(read->query(select_images("ORDER BY created DESC, id")));
}

std::vector<ImageLayer> Store::image_layers(const Digest& id) {
    Reading read(*database_);
    auto rows = read->query("SELECT layers.chain, diff, size, driver, blob, media_type, blob_size "
                            "FROM image_layers JOIN layers ON layers.chain = image_layers.chain "
                            "WHERE image = ?1 ORDER BY position",
                            id);
    std::vector<ImageLayer> layers;
    while (rows.next()) {
        layers.push_back({.chain = LayerId(rows.text(0)),
                          .diff = Digest(rows.text(1)),
                          .size = rows.size(2),
                          .driver = rows.text(3),
                          .blob = Digest(rows.text(4)),
                          .media_type = rows.text(5),
                          .blob_size = rows.size(6)});
    }
    return layers;
}

std::vector<std::string> Store::references(const Digest& id) {
    Reading read(*database_);
    auto rows = read->query(
        "SELECT reference FROM image_references WHERE image = ?1 ORDER BY reference", id);
    std::vector<std::string> references;
    while (rows.next())
        references.push_back(rows.text(0));
    return references;
}

std::vector<ReferenceRecord> Store::references() {
    Reading read(*database_);
    auto rows = read->query("SELECT reference, image FROM image_references ORDER BY reference");
    std::vector<ReferenceRecord> references;
    while (rows.next())
        references.push_back({rows.text(0), Digest(rows.text(1))});
    return references;
}

void Store::set_reference(const std::string& reference, const Digest& id) {
    Writing write(*database_, Durability::Durable);
    {
        auto known = write->query("SELECT 1 FROM images WHERE id = ?1", id);
        if (!known.next()) throw no_such_image(id);
    }
    point(*write, reference, id);
    write.commit();
}

bool Store::remove_reference(const std::string& reference) {
    Writing write(*database_, Durability::Durable);
    write->run("DELETE FROM image_references WHERE reference = ?1", reference);
    const bool removed = write->changes() > 0;
    write.commit();
    return removed;
}

void Store::remove_image(const Digest& id) {
    Writing write(*database_, Durability::Durable);
    write->run("DELETE FROM images WHERE id = ?1", id);
    if (write->changes() == 0) throw no_such_image(id);
    write.commit();
}

} // namespace berth::store
