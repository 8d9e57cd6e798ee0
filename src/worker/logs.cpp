// SPDX-License-Identifier: LGPL-2.1-or-later
#include "logs.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include <base/file.hpp>
#include <base/handle.hpp>
#include <base/log.hpp>
#include <base/strings.hpp>
#include <berth/id.hpp>
#include <store/store.hpp>
#include <systemd/sd-journal.h>
#include <systemd/units.hpp>

namespace berth::worker {

namespace {

using Journal = base::Handle<sd_journal, sd_journal_close>;

constexpr std::uint64_t kPollUsec = 500000;
constexpr std::uint64_t kSettleUsec = 200000;
constexpr std::size_t kMaxMessage = 1U << 20U;
constexpr std::size_t kFlushAt = 64U << 10U;
constexpr char kPriorityError = '3';

[[noreturn]] void fail(const char* what, int status) {
    throw_errno(std::string("cannot ") + what + " the journal", -status);
}

int check(int status, const char* what) {
    if (status < 0) fail(what, status);
    return status;
}

void add_matches(sd_journal* journal, const std::vector<std::string>& matches) {
    for (const std::string& match : matches) {
        check(sd_journal_add_match(journal, match.data(), match.size()), "search");
    }
}

/// Whether nobody will ever read what is written to fd 1.
bool reader_left() {
    pollfd out{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
    return ::poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

Journal open_journal(const std::string& container) {
    Journal journal;
    check(sd_journal_open(base::out(journal), SD_JOURNAL_LOCAL_ONLY), "open");
    check(sd_journal_set_data_threshold(journal.get(), kMaxMessage), "read");
    // What PID 1 says about the unit has the same fields, but is no output of the container. What a
    // terminal showed is written by berthd.
    const std::string ours = "CONTAINER_ID_FULL=" + container;
    add_matches(journal.get(), {ours, "_TRANSPORT=stdout"});
    check(sd_journal_add_disjunction(journal.get()), "search");
    add_matches(journal.get(), {ours, "_TRANSPORT=journal", "_SYSTEMD_UNIT=berthd.service"});
    return journal;
}

std::string_view field(sd_journal* journal, std::string_view name) {
    const void* data = nullptr;
    std::size_t size = 0;
    if (sd_journal_get_data(journal, std::string(name).c_str(), &data, &size) < 0) return {};
    return std::string_view(static_cast<const char*>(data), size).substr(name.size() + 1);
}

std::uint64_t time_of(sd_journal* journal) {
    std::uint64_t usec = 0;
    check(sd_journal_get_realtime_usec(journal, &usec), "read");
    return usec;
}

/// Stands before the first entry to show.
void seek(sd_journal* journal, const LogsRequest& request) {
    if (!request.tail) {
        check(request.since == 0 ? sd_journal_seek_head(journal)
                                 : sd_journal_seek_realtime_usec(journal, request.since),
              "search");
        return;
    }
    if (request.until == UINT64_MAX) {
        check(sd_journal_seek_tail(journal), "search");
    } else {
        check(sd_journal_seek_realtime_usec(journal, request.until + 1), "search");
    }
    // One further back than asked for, so that the next one is the first to show.
    const int back = check(sd_journal_previous_skip(journal, *request.tail + 1), "search");
    if (static_cast<std::uint64_t>(back) <= *request.tail) {
        check(sd_journal_seek_head(journal), "search");
    }
}

/// Writes what there is; false when `until` is reached.
bool drain(sd_journal* journal, const LogsRequest& request) {
    std::string text;
    bool more = true;
    while (more && check(sd_journal_next(journal), "read") > 0) {
        const std::uint64_t when = time_of(journal);
        if (when < request.since) continue;
        more = when <= request.until;
        if (!more) break;
        const std::string_view priority = field(journal, "PRIORITY");
        const bool error = !priority.empty() && priority[0] == kPriorityError;
        text += log_record(error, when, field(journal, "MESSAGE"));
        if (text.size() < kFlushAt) continue;
        base::write_all(STDOUT_FILENO, text);
        text.clear();
    }
    base::write_all(STDOUT_FILENO, text);
    return more;
}

/// Whether the container's unit is up, or on its way up again.
class Life {
  public:
    explicit Life(std::string unit) : unit_(std::move(unit)) {}
    bool goes_on() {
        if (unit_.empty()) return false;
        const auto status = units_.service(unit_);
        return status.loaded && status.active_state != "inactive" &&
               status.active_state != "failed";
    }

  private:
    std::string unit_;
    systemd::Units units_{systemd::Route::SystemBus};
};

std::string unit_of(const LogsRequest& request) {
    if (!request.unit.empty()) return request.unit;
    return store::Store().container(ContainerId(request.container)).unit;
}

void follow(sd_journal* journal, const LogsRequest& request) {
    Life life(unit_of(request));
    for (bool alive = true; alive && !reader_left();) {
        const int change = check(sd_journal_wait(journal, kPollUsec), "wait for");
        if (change == SD_JOURNAL_NOP) {
            alive = life.goes_on();
            // journald may be a moment behind the end.
            if (!alive) check(sd_journal_wait(journal, kSettleUsec), "wait for");
        }
        if (!drain(journal, request)) return;
    }
}

std::optional<std::string_view> value_of(std::string_view argument, std::string_view name) {
    if (argument.substr(0, name.size()) != name) return std::nullopt;
    return argument.substr(name.size());
}

std::uint64_t number_of(std::string_view argument, std::string_view text) {
    const auto number = base::parse_number(text);
    if (!number) {
        throw Error(ErrorCode::InvalidArgument,
                    "'" + base::printable(argument) + "' needs a number");
    }
    return *number;
}

} // namespace

LogsRequest parse_logs_arguments(std::span<char* const> arguments) {
    LogsRequest request;
    for (const std::string_view argument : arguments) {
        if (argument == "--follow") {
            request.follow = true;
        } else if (const auto tail = value_of(argument, "--tail=")) {
            request.tail = number_of(argument, *tail);
        } else if (const auto since = value_of(argument, "--since=")) {
            request.since = number_of(argument, *since);
        } else if (const auto until = value_of(argument, "--until=")) {
            request.until = number_of(argument, *until);
        } else if (const auto unit = value_of(argument, "--unit=")) {
            request.unit = *unit;
        } else if (request.container.empty() && is_hex64(argument)) {
            request.container = argument;
        } else {
            throw Error(ErrorCode::InvalidArgument,
                        "unknown argument '" + base::printable(argument) + "'");
        }
    }
    if (request.container.empty()) {
        throw Error(ErrorCode::InvalidArgument, "the container's id is missing");
    }
    return request;
}

std::string log_record(bool error, std::uint64_t usec, std::string_view message) {
    static constexpr std::string_view kOctal = "01234567";
    std::string record = (error ? "2 " : "1 ") + std::to_string(usec) + " ";
    record.reserve(record.size() + message.size() + 1);
    for (const char c : message) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\') {
            record += "\\\\";
        } else if (c == '\n') {
            record += "\\n";
        } else if (c == '\t') {
            record += "\\t";
        } else if (c == '\r') {
            record += "\\r";
        } else if (byte < 0x20 || byte == 0x7f) {
            // Three octal digits: what follows can't be mistaken for a part of it.
            record += '\\';
            record += kOctal[byte >> 6U];
            record += kOctal[(byte >> 3U) & 7U];
            record += kOctal[byte & 7U];
        } else {
            record += c;
        }
    }
    return record + "\n";
}

int logs_main(std::span<char* const> arguments) {
    const LogsRequest request = parse_logs_arguments(arguments);
    ::signal(SIGPIPE, SIG_IGN);
    try {
        const Journal journal = open_journal(request.container);
        seek(journal.get(), request);
        const bool more = drain(journal.get(), request);
        if (more && request.follow) follow(journal.get(), request);
        return 0;
    } catch (const Error& error) {
        if (error.sys_errno() == EPIPE) return 0; // the reader has seen enough
        throw;
    }
}

} // namespace berth::worker
