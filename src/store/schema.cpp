// SPDX-License-Identifier: LGPL-2.1-or-later
#include "schema.hpp"

#include <array>

#include <store/statement.hpp>

namespace berth::store {

namespace {

constexpr std::int64_t kApplicationId = 0x62657274; // "bert"

/// Step N brings version N to N + 1. Never changed once released; new ones are appended.
constexpr std::array<const char*, 2> kSteps{R"sql(
CREATE TABLE containers (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, unit TEXT NOT NULL UNIQUE, spec TEXT NOT NULL,
  image_ref TEXT NOT NULL, image_id TEXT NOT NULL, image_layer TEXT, storage_driver TEXT NOT NULL,
  owner_uid INTEGER NOT NULL, auto_remove INTEGER NOT NULL, created INTEGER NOT NULL,
  wanted INTEGER NOT NULL, started_at INTEGER NOT NULL, restart_count INTEGER NOT NULL,
  pid INTEGER NOT NULL, boot_id TEXT NOT NULL, start_error TEXT NOT NULL,
  finished_at INTEGER NOT NULL, exit_code INTEGER NOT NULL, exit_signal INTEGER NOT NULL,
  oom_killed INTEGER NOT NULL, result TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX containers_image ON containers (image_id);

CREATE TABLE images (
  id TEXT PRIMARY KEY, manifest TEXT NOT NULL, manifest_media_type TEXT NOT NULL,
  size INTEGER NOT NULL, created INTEGER NOT NULL, added INTEGER NOT NULL,
  architecture TEXT NOT NULL, os TEXT NOT NULL, variant TEXT NOT NULL, labels TEXT NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE image_references (
  reference TEXT PRIMARY KEY,
  image TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE) STRICT, WITHOUT ROWID;
CREATE INDEX image_references_image ON image_references (image);
CREATE TABLE layers (
  chain TEXT PRIMARY KEY, parent TEXT REFERENCES layers (chain), diff TEXT NOT NULL,
  size INTEGER NOT NULL, driver TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX layers_parent ON layers (parent);
CREATE TABLE image_layers (
  image TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE, position INTEGER NOT NULL,
  chain TEXT NOT NULL REFERENCES layers (chain), blob TEXT NOT NULL, media_type TEXT NOT NULL,
  blob_size INTEGER NOT NULL, PRIMARY KEY (image, position)) STRICT, WITHOUT ROWID;
CREATE INDEX image_layers_chain ON image_layers (chain);

CREATE TABLE networks (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, config TEXT NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE leases (
  network TEXT NOT NULL REFERENCES networks (id), address TEXT NOT NULL,
  container TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
  PRIMARY KEY (network, address)) STRICT, WITHOUT ROWID;
CREATE INDEX leases_container ON leases (container);

CREATE TABLE volumes (
  name TEXT PRIMARY KEY, labels TEXT NOT NULL, anonymous INTEGER NOT NULL,
  owner_uid INTEGER NOT NULL, created INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE container_volumes (
  container TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
  volume TEXT NOT NULL REFERENCES volumes (name), PRIMARY KEY (container, volume))
  STRICT, WITHOUT ROWID;
CREATE INDEX container_volumes_volume ON container_volumes (volume);

CREATE TABLE jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL, description TEXT NOT NULL,
  request TEXT NOT NULL, owner_uid INTEGER NOT NULL, state INTEGER NOT NULL,
  started INTEGER NOT NULL, finished INTEGER NOT NULL, result TEXT NOT NULL,
  boot_id TEXT NOT NULL) STRICT;
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, usec INTEGER NOT NULL, kind TEXT NOT NULL,
  action TEXT NOT NULL, id TEXT NOT NULL, attributes TEXT NOT NULL) STRICT;
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
)sql",
                                            R"sql(
CREATE TABLE build_steps (
  key TEXT PRIMARY KEY, chain TEXT NOT NULL REFERENCES layers (chain), blob TEXT NOT NULL,
  media_type TEXT NOT NULL, blob_size INTEGER NOT NULL, used INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE INDEX build_steps_chain ON build_steps (chain);
)sql"};

std::int64_t read_pragma(Connection& connection, std::string_view sql) {
    auto row = connection.query(sql);
    return row.next() ? row.integer(0) : 0;
}

void check_identity(Connection& connection, std::int64_t version) {
    if (version > static_cast<std::int64_t>(kSteps.size())) {
        throw Error(ErrorCode::Unsupported,
                    "the database has schema " + std::to_string(version) +
                        ", this berth knows up to " + std::to_string(kSteps.size()) +
                        ": it was written by a newer berth; install that one again");
    }
    if (version > 0 && read_pragma(connection, "PRAGMA application_id") != kApplicationId) {
        throw Error(ErrorCode::Corrupt, "the database is not one of berth");
    }
}

} // namespace

void bring_up_to_date(Connection& connection) {
    check_identity(connection, read_pragma(connection, "PRAGMA user_version"));
    if (read_pragma(connection, "PRAGMA user_version") ==
        static_cast<std::int64_t>(kSteps.size())) {
        return;
    }
    connection.script("BEGIN IMMEDIATE");
    try {
        // Another process may have done it while this one waited for the lock.
        const std::int64_t version = read_pragma(connection, "PRAGMA user_version");
        check_identity(connection, version);
        for (auto step = static_cast<std::size_t>(version); step < kSteps.size(); ++step) {
            connection.script(kSteps[step]);
        }
        connection.script("PRAGMA application_id=" + std::to_string(kApplicationId) +
                          "; PRAGMA user_version=" + std::to_string(kSteps.size()));
        connection.script("COMMIT");
    } catch (...) {
        connection.script("ROLLBACK");
        throw;
    }
}

} // namespace berth::store
