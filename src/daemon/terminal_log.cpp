// SPDX-License-Identifier: LGPL-2.1-or-later
#include "terminal_log.hpp"

#include <sys/uio.h>

#include <systemd/sd-journal.h>

namespace berth::daemon {

namespace {

// journald cuts lines of stream output there too: LineMax= in journald.conf(5).
constexpr std::size_t kLineMax = 48U * 1024;

iovec as_iovec(const std::string& text) {
    return {.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
}

} // namespace

void TerminalLog::write(std::string_view output) {
    if (fields_.empty()) return;
    pending_.append(output);
    std::size_t start = 0;
    for (std::size_t end = 0; (end = pending_.find('\n', start)) != std::string::npos;
         start = end + 1) {
        std::string_view line = std::string_view(pending_).substr(start, end - start);
        while (line.ends_with('\r'))
            line.remove_suffix(1); // the terminal's own
        send(line);
    }
    pending_.erase(0, start);
    if (pending_.size() >= kLineMax) finish();
}

void TerminalLog::finish() {
    if (fields_.empty() || pending_.empty()) return;
    send(pending_);
    pending_.clear();
}

void TerminalLog::send(std::string_view line) {
    const std::string message = "MESSAGE=" + std::string(line);
    std::vector<iovec> record{as_iovec(message)};
    for (const std::string& field : fields_)
        record.push_back(as_iovec(field));
    sd_journal_sendv(record.data(), static_cast<int>(record.size()));
}

} // namespace berth::daemon
