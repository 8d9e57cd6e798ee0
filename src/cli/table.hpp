// SPDX-License-Identifier: LGPL-2.1-or-later
// Tables as docker prints them: columns as wide as their content and three spaces apart. On a
// terminal they are fitted into its width: first the columns that may shrink are cut, widest first,
// then those of low priority are left out.
#pragma once

#include <string>
#include <vector>

namespace berth::cli {

struct Column {
    std::string title;
    unsigned priority = 0; ///< 0 is never left out; the greatest goes first
    std::size_t least = 0; ///< may be cut to this many columns; 0: never
};

class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    void add(std::vector<std::string> cells);
    /// `width` 0: as wide as it gets.
    [[nodiscard]] std::string render(std::size_t width, bool header = true) const;
    /// To standard output, fitted when that is a terminal and `fit` says so.
    void print(bool fit = true, bool header = true) const;

  private:
    [[nodiscard]] std::vector<std::size_t> fitted(std::size_t width) const;

    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// Lines whose cells stand between tabs, as columns (`--format 'table ...'`).
[[nodiscard]] std::string align_tabs(const std::vector<std::string>& lines);

/// Text made fit for the terminal, when standard output is one: no control characters but newline
/// and tab.
[[nodiscard]] std::string safe_output(const std::string& text);

} // namespace berth::cli
