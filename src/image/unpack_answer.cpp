// SPDX-License-Identifier: LGPL-2.1-or-later
#include "unpack_answer.hpp"

#include <base/strings.hpp>

namespace berth::image {

namespace {

constexpr std::uint64_t kMaxErrno = 4095;
constexpr std::size_t kMaxMessage = 4096;

[[noreturn]] void no_answer() {
    throw Error(ErrorCode::Internal, "the unpacker ended without an answer");
}

} // namespace

std::string format_answer(const Answer& answer) {
    return "ok\n" + answer.first + "\n" + std::to_string(answer.second) + "\n";
}

std::string format_failure(const Error& error) {
    return std::to_string(static_cast<int>(error.code())) + "\n" +
           std::to_string(error.sys_errno()) + "\n" + base::printable(error.what()) + "\n";
}

Answer parse_answer(const std::string& text) {
    const auto lines = base::split(text, '\n');
    if (lines.size() != 4 || !lines[3].empty()) no_answer();
    if (lines[0] == "ok") {
        const auto number = base::parse_number(lines[2]);
        if (!number) no_answer();
        return {lines[1], *number};
    }
    const auto code = base::parse_number(lines[0], static_cast<int>(ErrorCode::Internal));
    const auto sys_errno = base::parse_number(lines[1], kMaxErrno);
    if (!code || !sys_errno) no_answer();
    throw Error(static_cast<ErrorCode>(*code), base::printable(lines[2].substr(0, kMaxMessage)),
                static_cast<int>(*sys_errno));
}

} // namespace berth::image
