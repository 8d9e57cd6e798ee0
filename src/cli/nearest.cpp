// SPDX-License-Identifier: LGPL-2.1-or-later
#include "options.hpp"

#include <algorithm>
#include <numeric>

namespace berth::cli {
namespace {

// Damerau-Levenshtein (adjacent letters swapped count once), two rows back.
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    std::iota(cost[0].begin(), cost[0].end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        cost[i][0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            cost[i][j] =
                std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

} // namespace

std::vector<std::string> nearest(const std::string& word, const std::vector<std::string>& words) {
    std::vector<std::pair<std::size_t, std::string>> found;
    if (word.empty() || word.size() > 64) return {};
    for (const auto& candidate : words) {
        std::size_t score = distance(word, candidate);
        if (candidate.starts_with(word) && word.size() > 1) score = 1;
        const std::size_t limit =
            std::max<std::size_t>(1, std::min<std::size_t>(3, word.size() / 3));
        if (score <= limit) found.emplace_back(score, candidate);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> best;
    for (const auto& [score, candidate] : found) {
        if (best.size() < 3 && std::find(best.begin(), best.end(), candidate) == best.end())
            best.push_back(candidate);
    }
    return best;
}

std::optional<bool> parse_bool(const std::string& text) {
    static const std::vector<std::string> yes = {"1", "t", "T", "true", "TRUE", "True"};
    static const std::vector<std::string> no = {"0", "f", "F", "false", "FALSE", "False"};
    if (std::find(yes.begin(), yes.end(), text) != yes.end()) return true;
    if (std::find(no.begin(), no.end(), text) != no.end()) return false;
    return std::nullopt;
}

} // namespace berth::cli
