// SPDX-License-Identifier: LGPL-2.1-or-later
// What a job is doing, item by item (a layer each): bars redrawn in place on a terminal, plain
// lines elsewhere.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace berth::cli {

/// The items of a job and how fast they move. Times are microseconds of any steady clock.
class ProgressBoard {
  public:
    struct Item {
        std::string id;
        std::string status;
        std::uint64_t done = 0;
        std::uint64_t total = 0; ///< 0: unknown
        double rate = 0;         ///< bytes a second, smoothed
        std::uint64_t rate_time = 0;
        std::uint64_t rate_done = 0;
    };

    /// Whether the item is new or its status another.
    bool update(const std::string& id, const std::string& status, std::uint64_t done,
                std::uint64_t total, std::uint64_t now);
    [[nodiscard]] const std::vector<Item>& items() const noexcept { return items_; }

    /// One line an item, no wider than `columns` and no more than `rows` lines: when there are
    /// more, those at rest are left out and counted.
    [[nodiscard]] std::vector<std::string> render(unsigned columns, unsigned rows) const;

  private:
    std::vector<Item> items_;
};

/// "abc: Downloading [====>     ]  12.3MB/50MB  4.1MB/s  9s"
[[nodiscard]] std::string progress_line(const ProgressBoard::Item& item, unsigned columns,
                                        std::size_t id_width);

/// Draws a board on a stream: at most ten times a second on a terminal; elsewhere one line for
/// each status that is no step on the way.
class ProgressPainter {
  public:
    ProgressPainter(std::FILE* out, bool quiet);

    void update(const std::string& id, const std::string& status, std::uint64_t done,
                std::uint64_t total);
    /// Draws what is not drawn yet and leaves the cursor below.
    void finish();

  private:
    void draw();

    std::FILE* out_;
    bool quiet_;
    bool live_;
    ProgressBoard board_;
    std::size_t drawn_lines_ = 0;
    std::uint64_t last_draw_ = 0;
    bool dirty_ = false;
};

} // namespace berth::cli
