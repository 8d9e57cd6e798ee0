// SPDX-License-Identifier: LGPL-2.1-or-later
#include "terminals.hpp"

#include <array>
#include <utility>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <base/log.hpp>
#include <base/strings.hpp>
#include <bus/peer.hpp>
#include <daemon/fd_store.hpp>
#include <store/store.hpp>

namespace berth::daemon {

namespace {

constexpr std::string_view kContainer = "container/";
constexpr std::string_view kExec = "exec/";
constexpr std::string_view kNamePrefix = "tty-";
constexpr std::size_t kChunk = 16384;
constexpr std::uint64_t kClaimUsec = 500'000;

// Names in the FD store: "/" is fine for systemd, but ":" and control characters are not.
std::string name_of(const std::string& key) {
    return std::string(kNamePrefix) + key;
}

bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void check_key(const std::string& key) {
    const std::string_view view = key;
    if (view.starts_with(kContainer) && is_hex64(view.substr(kContainer.size()))) return;
    if (view.starts_with(kExec) && view.size() == kExec.size() + 8 &&
        is_hex(view.substr(kExec.size()))) {
        return;
    }
    throw Error(ErrorCode::InvalidArgument,
                "'" + base::printable(key.substr(0, 80)) + "' names no terminal");
}

void check_master(int fd) {
    unsigned number = 0;
    if (::ioctl(fd, TIOCGPTN, &number) < 0) {
        throw Error(ErrorCode::InvalidArgument, "the descriptor is no terminal's master");
    }
}

// Each time anew: a client shares the open file, and with it this flag.
void set_nonblocking(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        throw_errno("cannot set up a terminal");
    }
}

// journald adds OBJECT_SYSTEMD_UNIT= of a living OBJECT_PID=, which journalctl -u looks for too.
std::vector<std::string> fields_of(store::Store& store, const std::string& key) {
    if (!key.starts_with(kContainer)) return {};
    const auto record = store.container(ContainerId(key.substr(kContainer.size())));
    std::vector<std::string> fields{"PRIORITY=6",
                                    "SYSLOG_IDENTIFIER=" + record.name,
                                    "CONTAINER_NAME=" + record.name,
                                    "CONTAINER_ID=" + record.id.brief(),
                                    "CONTAINER_ID_FULL=" + record.id.str(),
                                    "IMAGE_NAME=" + record.image_ref};
    if (record.pid > 0) fields.push_back("OBJECT_PID=" + std::to_string(record.pid));
    return fields;
}

} // namespace

void Terminals::adopt(const std::string& key, base::Fd master) {
    check_key(key);
    check_master(master.get());
    if (terminals_.contains(key)) close(key); // of the run before
    context_.fd_store.keep(name_of(key), master.get());
    add(key, std::move(master));
    // Whoever starts it attached is about to ask for it and must see its first words.
    terminals_.at(key).unclaimed =
        context_.event.add_timer(kClaimUsec, [this, key] { drain(key); });
}

void Terminals::recover(std::map<std::string, base::Fd> kept) {
    for (auto& [name, fd] : kept) {
        if (!name.starts_with(kNamePrefix)) continue;
        const std::string key = name.substr(kNamePrefix.size());
        try {
            check_key(key);
            add(key, std::move(fd));
            drain(key);
        } catch (const Error& error) {
            log::warning("a kept terminal is of no use: %s", error.what());
            terminals_.erase(key);
            context_.fd_store.forget(name);
        }
    }
}

void Terminals::add(const std::string& key, base::Fd master) {
    Terminal& terminal = terminals_[key];
    terminal.master = std::move(master);
    terminal.log = TerminalLog(fields_of(context_.store, key));
    terminal.hold = context_.idle.hold();
}

bus::SharedFd Terminals::attach(const std::string& key, const std::string& client) {
    const auto found = terminals_.find(key);
    if (found == terminals_.end()) {
        throw Error(ErrorCode::NotFound, "there is no terminal to attach to");
    }
    Terminal& terminal = found->second;
    if (terminal.client_gone) {
        throw Error(ErrorCode::Busy, "somebody else is attached to that terminal; only one can be");
    }
    terminal.readable.reset();
    terminal.unclaimed.reset();
    terminal.client_gone =
        bus::watch_peer(context_.connection, client, [this, key] { drain(key); });
    return std::make_shared<base::Fd>(terminal.master.duplicate());
}

// Nobody else reads it: we do, until it is attached or ends.
void Terminals::drain(const std::string& key) {
    const auto found = terminals_.find(key);
    if (found == terminals_.end()) return;
    Terminal& terminal = found->second;
    terminal.unclaimed.reset();
    terminal.client_gone.reset();
    if (terminal.ended) {
        drop(key);
        return;
    }
    terminal.readable = context_.event.add_io(terminal.master.get(), EPOLLIN,
                                              [this, key](std::uint32_t) { read(key); });
}

void Terminals::read(const std::string& key) {
    Terminal& terminal = terminals_.at(key);
    std::array<char, kChunk> buffer{};
    set_nonblocking(terminal.master.get());
    const ssize_t got = ::read(terminal.master.get(), buffer.data(), buffer.size());
    if (got > 0) {
        terminal.log.write({buffer.data(), static_cast<std::size_t>(got)});
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        // EIO: every process of the container has closed it. Its unit's end drops it.
        terminal.log.finish();
        terminal.readable.reset();
    }
}

void Terminals::drop(const std::string& key) {
    const auto found = terminals_.find(key);
    if (found == terminals_.end()) return;
    if (found->second.unclaimed) { // what it said is for who started it
        found->second.ended = true;
        return;
    }
    if (!found->second.client_gone) {
        read(key);
        found->second.log.finish();
    }
    close(key);
}

void Terminals::close(const std::string& key) {
    context_.fd_store.forget(name_of(key));
    terminals_.erase(key);
}

} // namespace berth::daemon
