// SPDX-License-Identifier: LGPL-2.1-or-later
// Follows a job of berthd to its end: progress, Ctrl-C, result.
#pragma once

#include "client.hpp"

#include <cstdio>
#include <string>

#include <bus/message.hpp>
#include <bus/value.hpp>

namespace berth::cli {

/// Ends the program with a status after everything has been said.
class Quit : public Error {
  public:
    explicit Quit(int status) : Error(ErrorCode::Cancelled, "interrupted"), status_(status) {}
    [[nodiscard]] int status() const noexcept { return status_; }

  private:
    int status_;
};

struct JobStyle {
    std::string what;         ///< "pull": for what Ctrl-C says
    bool quiet = false;       ///< no progress
    std::FILE* out = nullptr; ///< where progress goes; standard output unless set
};

/// Sends `request`, a method that returns a job, and waits for that job's result. Throws the job's
/// error; Quit when Ctrl-C left it running in the background (a second one cancels it). The request
/// and the descriptors in it are let go of as soon as it is sent.
[[nodiscard]] bus::Dict follow_job(Client& client, bus::Message request, const JobStyle& style);

} // namespace berth::cli
