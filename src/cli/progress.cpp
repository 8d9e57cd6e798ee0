// SPDX-License-Identifier: LGPL-2.1-or-later
#include "progress.hpp"

#include "human.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <ctime>

#include <unistd.h>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

constexpr std::uint64_t kDrawInterval = 100'000;
constexpr std::uint64_t kRateInterval = 500'000;
constexpr std::size_t kMaxItems = 4096;

std::uint64_t steady_usec() {
    std::timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

bool moving(const ProgressBoard::Item& item) {
    return item.total > 0 && item.done < item.total;
}

// Bars show these; a plain line is for what is reached.
bool is_on_the_way(const std::string& status) {
    return status == "Downloading" || status == "Extracting" || status == "Uploading" ||
           status == "Pushing" || status == "Waiting" || status == "Verifying";
}

std::string bar(const ProgressBoard::Item& item, std::size_t width) {
    const double part = static_cast<double>(item.done) / static_cast<double>(item.total);
    const auto filled =
        std::min(width, static_cast<std::size_t>(part * static_cast<double>(width)));
    std::string text(filled, '=');
    if (filled < width) text += '>';
    text.resize(width, ' ');
    return "[" + text + "]";
}

std::string numbers(const ProgressBoard::Item& item) {
    std::string text = human_size(item.done) + "/" + human_size(item.total);
    if (item.rate >= 1) {
        const double left = static_cast<double>(item.total - item.done) / item.rate;
        text += "  " + human_size(static_cast<std::uint64_t>(item.rate)) + "/s";
        if (left < 360'000) text += "  " + short_duration(static_cast<std::uint64_t>(left + 0.999));
    }
    return text;
}

void measure(ProgressBoard::Item& item, std::uint64_t now) {
    if (item.done < item.rate_done || item.rate_time == 0) {
        item.rate_time = now;
        item.rate_done = item.done;
        item.rate = 0;
        return;
    }
    const std::uint64_t passed = now - item.rate_time;
    if (passed < kRateInterval) return;
    const double rate =
        static_cast<double>(item.done - item.rate_done) * 1e6 / static_cast<double>(passed);
    item.rate = item.rate == 0 ? rate : item.rate * 0.7 + rate * 0.3;
    item.rate_time = now;
    item.rate_done = item.done;
}

} // namespace

bool ProgressBoard::update(const std::string& id, const std::string& status, std::uint64_t done,
                           std::uint64_t total, std::uint64_t now) {
    auto found =
        std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return item.id == id; });
    if (found == items_.end()) {
        if (items_.size() == kMaxItems) return false;
        items_.push_back({base::printable(id), {}});
        found = items_.end() - 1;
    }
    const bool changed = found->status != status;
    if (changed) {
        found->status = base::printable(status);
        found->rate_time = 0;
    }
    found->done = total > 0 ? std::min(done, total) : done;
    found->total = total;
    measure(*found, now);
    return changed;
}

std::string progress_line(const ProgressBoard::Item& item, unsigned columns, std::size_t id_width) {
    std::string head = item.id;
    if (!head.empty()) head += ": ";
    if (head.size() < id_width) head.resize(id_width, ' ');
    head += item.status;
    if (!moving(item)) return truncated(head, columns);
    const std::string tail = numbers(item);
    const std::size_t used = display_width(head) + tail.size() + 6;
    if (used + 10 <= columns) head += " " + bar(item, std::min<std::size_t>(columns - used, 40));
    return truncated(head + "  " + tail, columns);
}

std::vector<std::string> ProgressBoard::render(unsigned columns, unsigned rows) const {
    std::vector<const Item*> shown;
    for (const auto& item : items_)
        shown.push_back(&item);
    const std::size_t limit = std::max(rows, 2U);
    if (shown.size() > limit) {
        std::stable_partition(shown.begin(), shown.end(),
                              [](const Item* item) { return moving(*item); });
        shown.resize(limit - 1);
    }
    std::vector<std::string> lines;
    for (const Item* item : shown)
        lines.push_back(progress_line(*item, columns, 0));
    if (shown.size() < items_.size())
        lines.push_back(
            truncated("and " + std::to_string(items_.size() - shown.size()) + " more", columns));
    return lines;
}

ProgressPainter::ProgressPainter(std::FILE* out, bool quiet)
    : out_(out), quiet_(quiet),
      live_(::isatty(::fileno(out)) != 0 && terminal_size(::fileno(out)).has_value()) {}

void ProgressPainter::update(const std::string& id, const std::string& status, std::uint64_t done,
                             std::uint64_t total) {
    if (quiet_) return;
    const std::uint64_t now = steady_usec();
    const bool changed = board_.update(id, status, done, total, now);
    if (!live_) {
        if (!changed || is_on_the_way(status)) return;
        std::fprintf(out_, "%s%s%s\n", base::printable(id).c_str(), id.empty() ? "" : ": ",
                     base::printable(status).c_str());
        std::fflush(out_);
        return;
    }
    dirty_ = true;
    if (now - last_draw_ < kDrawInterval) return;
    last_draw_ = now;
    draw();
}

void ProgressPainter::draw() {
    const TerminalSize size = terminal_size(::fileno(out_)).value_or(TerminalSize{});
    // The last column stays free: writing there moves some terminals to the next line.
    const auto lines =
        board_.render(size.columns > 1 ? size.columns - 1 : 1, size.rows > 2 ? size.rows - 1 : 2);
    std::string text;
    if (drawn_lines_ > 0) text += "\x1b[" + std::to_string(drawn_lines_) + "A";
    for (const auto& line : lines)
        text += "\r" + line + "\x1b[K\n";
    text += "\x1b[J";
    std::fputs(text.c_str(), out_);
    std::fflush(out_);
    drawn_lines_ = lines.size();
    dirty_ = false;
}

void ProgressPainter::finish() {
    if (live_ && dirty_) draw();
    drawn_lines_ = 0;
}

} // namespace berth::cli
