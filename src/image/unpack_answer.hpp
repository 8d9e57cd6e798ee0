// SPDX-License-Identifier: LGPL-2.1-or-later
// What the two halves of an unpacker say at their end, each on a pipe of its own: four lines,
// "ok" or the error's code as a number, its errno, two values, or the error's message.
#pragma once

#include <cstdint>
#include <string>

#include <berth/error.hpp>

namespace berth::image {

/// File descriptors of `berth-worker unpack`, beside 0 (the compressed stream) and 2 (messages).
inline constexpr int kInflaterAnswerFd = 3;
inline constexpr int kWriterAnswerFd = 4;

/// Of the inflating half: digest and bytes. Of the writing half: bytes of content and entries.
struct Answer {
    std::string first;
    std::uint64_t second = 0;
};

[[nodiscard]] std::string format_answer(const Answer& answer);
[[nodiscard]] std::string format_failure(const Error& error);

/// Throws the failure that the text tells, or Internal for a text that is no answer (a half that
/// was killed says nothing).
[[nodiscard]] Answer parse_answer(const std::string& text);

} // namespace berth::image
