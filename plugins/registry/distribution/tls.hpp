// SPDX-License-Identifier: LGPL-2.1-or-later
// Why a server's certificate was not believed: OpenSSL tells the issuer, libcurl does not.
#pragma once

#include <string>

namespace berth::distribution {

/// What the last verification on this thread that failed was about.
struct TlsFailure {
    std::string issuer;
    std::string subject;
};

/// Forgets what was kept for this thread.
void clear_tls_failure();
[[nodiscard]] const TlsFailure& tls_failure();
/// For CURLOPT_SSL_CTX_FUNCTION: takes note of failures, changes no verdict. `context` is an
/// SSL_CTX of the library libcurl uses.
void watch_verification(void* context);

} // namespace berth::distribution
