// SPDX-License-Identifier: LGPL-2.1-or-later
// A registry's refusals in words: what was asked, what it said, what to do.
#pragma once

#include "http.hpp"

#include <string>

#include <berth/error.hpp>

namespace berth::distribution {

/// What a request was about, for messages.
struct Subject {
    std::string host;
    std::string what;       ///< "manifest 'latest' of 'library/debian'"
    bool has_login = false; ///< credentials were sent
};

/// Throws the Error that suits the status: 401, 403 Denied; 404 NotFound; 429 Exhausted with the
/// time to wait; 5xx and the rest Io. The registry's own message is quoted, shortened.
[[noreturn]] void throw_status(const HttpResponse& response, const Subject& subject);

} // namespace berth::distribution
