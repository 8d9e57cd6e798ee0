// SPDX-License-Identifier: LGPL-2.1-or-later
// SQLite's C interface as values: a connection with its prepared statements, a statement in use,
// and a transaction. A Connection is used by one thread at a time; who holds its mutex may.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sqlite3.h>

#include <base/handle.hpp>
#include <store/store.hpp>

namespace berth::store {

/// A prepared statement while it runs: bound by Connection::query(), stepped by next(), given back
/// to the connection's cache when it goes.
class Statement {
  public:
    explicit Statement(sqlite3_stmt* statement) noexcept : statement_(statement) {}
    Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    /// Moves to the next row; false after the last one.
    bool next();
    /// Runs it to its end.
    void run();

    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const noexcept;
    [[nodiscard]] std::uint64_t size(int column) const noexcept;
    [[nodiscard]] bool flag(int column) const noexcept { return integer(column) != 0; }
    [[nodiscard]] bool is_null(int column) const noexcept;

    void bind(int index, std::string_view value);
    void bind_integer(int index, std::int64_t value);
    void bind_null(int index);
    void bind(int index, std::integral auto value) {
        bind_integer(index, static_cast<std::int64_t>(value));
    }
    template <class T>
    void bind(int index, const std::optional<T>& value) {
        value ? bind(index, *value) : bind_null(index);
    }
    void bind(int index, const Digest& value) { bind(index, std::string_view(value.str())); }
    template <class Tag>
    void bind(int index, const HexId<Tag>& value) {
        bind(index, std::string_view(value.str()));
    }

  private:
    sqlite3_stmt* statement_;
};

class Connection {
  public:
    /// Opens an existing or new database file and sets it up as store.hpp promises.
    explicit Connection(const std::string& path);

    /// `sql` is a constant: it is prepared once and kept. Parameters are ?1, ?2, ... in order.
    template <class... Arguments>
    Statement query(std::string_view sql, const Arguments&... arguments) {
        Statement statement(prepare(sql));
        int index = 0;
        (statement.bind(++index, arguments), ...);
        return statement;
    }
    template <class... Arguments>
    void run(std::string_view sql, const Arguments&... arguments) {
        query(sql, arguments...).run();
    }
    /// Several statements, not kept.
    void script(const std::string& sql);
    void set_durability(Durability durability);
    [[nodiscard]] std::int64_t changes() const noexcept;
    [[nodiscard]] std::int64_t last_row_id() const noexcept;
    [[nodiscard]] std::mutex& mutex() noexcept { return mutex_; }

  private:
    sqlite3_stmt* prepare(std::string_view sql);

    std::mutex mutex_;
    base::Handle<sqlite3, sqlite3_close_v2> handle_;
    std::map<std::string, base::Handle<sqlite3_stmt, sqlite3_finalize>, std::less<>> statements_;
    Durability durability_ = Durability::Durable;
};

/// The two connections of a Store: readers do not wait while the writer syncs.
class Database {
  public:
    explicit Database(const std::string& path);

    /// Opened at its first use: berth-run at a container's end only writes.
    [[nodiscard]] Connection& reader();
    [[nodiscard]] Connection& writer() noexcept { return writer_; }

  private:
    std::string path_;
    Connection writer_;
    std::once_flag reader_opened_;
    std::unique_ptr<Connection> reader_;
};

/// Holds the reading connection.
class Reading {
  public:
    explicit Reading(Database& database)
        : connection_(database.reader()), lock_(connection_.mutex()) {}
    Connection* operator->() noexcept { return &connection_; }
    Connection& operator*() noexcept { return connection_; }

  private:
    Connection& connection_;
    std::lock_guard<std::mutex> lock_;
};

/// Holds the writing connection in a transaction, undone unless commit() was called.
class Writing {
  public:
    Writing(Database& database, Durability durability);
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    ~Writing();

    void commit();
    Connection* operator->() noexcept { return &connection_; }
    Connection& operator*() noexcept { return connection_; }

  private:
    Connection& connection_;
    std::lock_guard<std::mutex> lock_;
    bool open_ = true;
};

} // namespace berth::store
