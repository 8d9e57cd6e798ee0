// SPDX-License-Identifier: LGPL-2.1-or-later
#include "hosts_file.hpp"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

#include <base/file.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr const char* kHostsName = "hosts";
constexpr std::uint64_t kHostsLimit = 4U << 20U;
constexpr std::string_view kMark = "\t# berth ";

} // namespace

std::string hosts_mark(const std::string& id) {
    return std::string(kMark) + id.substr(0, 12);
}

std::string hosts_without(std::string_view text, std::string_view mark) {
    if (mark.empty()) mark = kMark;
    std::string kept;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        const std::size_t length = std::min(line.size() + 1, text.size());
        if (line.find(mark) == std::string_view::npos) kept += text.substr(0, length);
        text.remove_prefix(length);
    }
    return kept;
}

void strip_hosts(const base::Dir& dir, std::string_view mark) {
    const std::string text = dir.read(kHostsName, kHostsLimit);
    std::string kept = hosts_without(text, mark);
    if (kept.size() == text.size()) return;
    const std::size_t size = kept.size();
    kept.append(text.size() - size, '\n');
    const base::Fd fd = dir.open_file(kHostsName, O_WRONLY | O_NOFOLLOW);
    base::write_all(fd.get(), kept);
    if (::ftruncate(fd.get(), static_cast<off_t>(size)) < 0)
        throw_errno("cannot cut a container's hosts file");
}

void append_hosts(const base::Dir& dir, std::string_view lines) {
    if (lines.empty()) return;
    const base::Fd fd = dir.open_file(kHostsName, O_WRONLY | O_APPEND | O_NOFOLLOW);
    base::write_all(fd.get(), lines);
}

} // namespace berth::run
