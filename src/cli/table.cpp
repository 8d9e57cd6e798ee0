// SPDX-License-Identifier: LGPL-2.1-or-later
#include "table.hpp"

#include "terminal.hpp"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

constexpr std::size_t kGap = 3;
constexpr std::size_t kLeastCell = 10; // with its gap, as docker's
constexpr std::size_t kLeftOut = SIZE_MAX;

std::size_t total(const std::vector<std::size_t>& widths) {
    std::size_t sum = 0;
    std::size_t last = 0;
    for (const std::size_t width : widths) {
        if (width == kLeftOut) continue;
        sum += std::max(width + kGap, kLeastCell);
        last = std::max(width + kGap, kLeastCell) - width;
    }
    return sum - last;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
    std::string line;
    std::size_t pending = 0; // spaces owed to the column before
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (widths[i] == kLeftOut) continue;
        const std::string cell = truncated(i < cells.size() ? cells[i] : "", widths[i]);
        line += std::string(pending, ' ') + cell;
        pending = std::max(widths[i] + kGap, kLeastCell) - display_width(cell);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

} // namespace

void Table::add(std::vector<std::string> cells) {
    for (auto& cell : cells)
        cell = base::printable(cell);
    rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::fitted(std::size_t width) const {
    std::vector<std::size_t> full;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t widest = display_width(columns_[i].title);
        for (const auto& row : rows_)
            widest = std::max(widest, display_width(row[i]));
        full.push_back(widest);
    }
    auto widths = full;
    while (width > 0 && total(widths) > width) {
        std::size_t widest = kLeftOut;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const std::size_t least = columns_[i].least;
            if (least == 0 || widths[i] == kLeftOut || widths[i] <= least) continue;
            if (widest == kLeftOut || widths[i] > widths[widest]) widest = i;
        }
        if (widest != kLeftOut) {
            --widths[widest];
            continue;
        }
        std::size_t first_to_go = kLeftOut;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            if (widths[i] == kLeftOut || columns_[i].priority == 0) continue;
            if (first_to_go == kLeftOut || columns_[i].priority > columns_[first_to_go].priority)
                first_to_go = i;
        }
        if (first_to_go == kLeftOut) break;
        full[first_to_go] = kLeftOut;
        widths = full;
    }
    return widths;
}

std::string Table::render(std::size_t width, bool header) const {
    const auto widths = fitted(width);
    std::string text;
    std::vector<std::string> titles;
    for (const auto& column : columns_)
        titles.push_back(column.title);
    if (header) text = line_of(titles, widths);
    for (const auto& row : rows_)
        text += line_of(row, widths);
    return text;
}

void Table::print(bool fit, bool header) const {
    const auto size = terminal_size(STDOUT_FILENO);
    std::fputs(render(fit && size ? size->columns : 0, header).c_str(), stdout);
}

std::string align_tabs(const std::vector<std::string>& lines) {
    std::vector<std::vector<std::string>> rows;
    std::vector<std::size_t> widths;
    for (const auto& line : lines) {
        rows.push_back(base::split(line, '\t'));
        for (std::size_t i = 0; i < rows.back().size(); ++i) {
            if (i == widths.size()) widths.push_back(0);
            widths[i] = std::max(widths[i], display_width(rows.back()[i]));
        }
    }
    std::string text;
    for (const auto& row : rows)
        text += line_of(row, widths);
    return text;
}

std::string safe_output(const std::string& text) {
    if (::isatty(STDOUT_FILENO) == 0) return text;
    std::string safe;
    for (const char c : text) {
        const bool plain = c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= 0x20;
        safe += plain && c != 0x7f ? std::string(1, c) : base::printable({&c, 1});
    }
    return safe;
}

} // namespace berth::cli
