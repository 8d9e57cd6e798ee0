// SPDX-License-Identifier: LGPL-2.1-or-later
#include "detach_keys.hpp"

#include "options.hpp"

#include <base/strings.hpp>

namespace berth::cli {
namespace {

char key_of(const std::string& text) {
    if (text.size() == 1) return text[0];
    const std::string lower = base::to_lower(text);
    if (lower.size() == 6 && lower.starts_with("ctrl-")) {
        const char c = lower[5];
        if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 1);
        if (std::string_view("@[\\]^_").find(c) != std::string_view::npos)
            return static_cast<char>(c & 0x1f);
    }
    throw UsageError("invalid detach keys: '" + base::printable(text) +
                     "' is neither a letter nor ctrl- and a letter (example: ctrl-p,ctrl-q)");
}

} // namespace

DetachKeys::DetachKeys(const std::string& keys) {
    if (keys.empty()) return;
    for (const auto& key : base::split(keys, ','))
        sequence_ += key_of(key);
}

DetachKeys::Passed DetachKeys::feed(std::string_view typed) {
    Passed passed;
    for (const char c : typed) {
        if (sequence_.empty()) {
            passed.bytes += c;
            continue;
        }
        if (c != sequence_[matched_]) {
            passed.bytes += sequence_.substr(0, matched_);
            matched_ = 0;
        }
        if (c == sequence_[matched_])
            ++matched_;
        else
            passed.bytes += c;
        if (matched_ == sequence_.size()) {
            matched_ = 0;
            passed.detach = true;
            return passed;
        }
    }
    return passed;
}

} // namespace berth::cli
