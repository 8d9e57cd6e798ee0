// SPDX-License-Identifier: LGPL-2.1-or-later
#include "statement.hpp"

#include <fcntl.h>

#include <base/fd.hpp>
#include <base/log.hpp>
#include <store/schema.hpp>

namespace berth::store {

namespace {

constexpr int kBusyMilliseconds = 10000;

ErrorCode code_of(int status) noexcept {
    switch (status & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ErrorCode::Busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ErrorCode::Corrupt;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
        return ErrorCode::Exhausted;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        return ErrorCode::Denied;
    case SQLITE_CONSTRAINT:
        return ErrorCode::Exists;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return ErrorCode::Io;
    default:
        return ErrorCode::Internal;
    }
}

[[noreturn]] void fail(sqlite3* handle, int status, const std::string& what) {
    std::string why = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(status);
    if (code_of(status) == ErrorCode::Corrupt) {
        why += "; `berth system check` tells more, and the file can be restored from a backup";
    }
    throw Error(code_of(status), what + ": " + why);
}

/// Made by us, so that nobody else can read it whatever the umask is.
void make_file(const std::string& path) {
    const base::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) throw_errno("cannot open the database '" + path + "'");
}

} // namespace

Statement::~Statement() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Statement::next() {
    const int status = sqlite3_step(statement_);
    if (status == SQLITE_ROW) return true;
    if (status == SQLITE_DONE) return false;
    fail(sqlite3_db_handle(statement_), status, "the database refused an operation");
}

void Statement::run() {
    while (next()) {
    }
}

std::string Statement::text(int column) const {
    const unsigned char* bytes = sqlite3_column_text(statement_, column);
    if (bytes == nullptr) return {};
    return {reinterpret_cast<const char*>(bytes),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Statement::integer(int column) const noexcept {
    return sqlite3_column_int64(statement_, column);
}

std::uint64_t Statement::size(int column) const noexcept {
    return static_cast<std::uint64_t>(integer(column));
}

bool Statement::is_null(int column) const noexcept {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Statement::bind(int index, std::string_view value) {
    // A null data pointer would bind NULL.
    const char* bytes = value.empty() ? "" : value.data();
    const int status =
        sqlite3_bind_text64(statement_, index, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (status != SQLITE_OK) fail(nullptr, status, "cannot pass a value to the database");
}

void Statement::bind_integer(int index, std::int64_t value) {
    const int status = sqlite3_bind_int64(statement_, index, value);
    if (status != SQLITE_OK) fail(nullptr, status, "cannot pass a value to the database");
}

void Statement::bind_null(int index) {
    const int status = sqlite3_bind_null(statement_, index);
    if (status != SQLITE_OK) fail(nullptr, status, "cannot pass a value to the database");
}

Connection::Connection(const std::string& path) {
    make_file(path);
    const int status = sqlite3_open_v2(path.c_str(), base::out(handle_),
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (status != SQLITE_OK) fail(handle_.get(), status, "cannot open the database '" + path + "'");
    sqlite3_extended_result_codes(handle_.get(), 1);
    sqlite3_busy_timeout(handle_.get(), kBusyMilliseconds);
    // The last one to close would copy the log into the database, which berth-run need not wait
    // for.
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    script("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
           "PRAGMA trusted_schema=OFF; PRAGMA cache_size=-512; PRAGMA journal_size_limit=4194304;");
}

sqlite3_stmt* Connection::prepare(std::string_view sql) {
    if (const auto known = statements_.find(sql); known != statements_.end()) {
        return known->second.get();
    }
    base::Handle<sqlite3_stmt, sqlite3_finalize> statement;
    const int status = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, base::out(statement), nullptr);
    if (status != SQLITE_OK) fail(handle_.get(), status, "the database refused a statement");
    return statements_.emplace(std::string(sql), std::move(statement)).first->second.get();
}

void Connection::script(const std::string& sql) {
    const int status = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (status != SQLITE_OK) fail(handle_.get(), status, "the database refused an operation");
}

void Connection::set_durability(Durability durability) {
    if (durability == durability_) return;
    // In WAL mode NORMAL commits without a sync; the next FULL commit syncs those before it too.
    script(durability == Durability::Lazy ? "PRAGMA synchronous=NORMAL"
                                          : "PRAGMA synchronous=FULL");
    durability_ = durability;
}

std::int64_t Connection::changes() const noexcept {
    return sqlite3_changes64(handle_.get());
}

std::int64_t Connection::last_row_id() const noexcept {
    return sqlite3_last_insert_rowid(handle_.get());
}

Database::Database(const std::string& path) : path_(path), writer_(path) {
    bring_up_to_date(writer_);
}

Connection& Database::reader() {
    std::call_once(reader_opened_, [this] { reader_ = std::make_unique<Connection>(path_); });
    return *reader_;
}

Writing::Writing(Database& database, Durability durability)
    : connection_(database.writer()), lock_(connection_.mutex()) {
    connection_.set_durability(durability);
    connection_.run("BEGIN IMMEDIATE");
}

Writing::~Writing() {
    if (!open_) return;
    try {
        connection_.run("ROLLBACK");
    } catch (const std::exception& error) {
        // SQLite rolls back by itself after a full disk or a failed write.
        log::debug("cannot roll back: %s", error.what());
    }
}

void Writing::commit() {
    connection_.run("COMMIT");
    open_ = false;
}

} // namespace berth::store
