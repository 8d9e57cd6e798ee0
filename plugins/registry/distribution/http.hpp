// SPDX-License-Identifier: LGPL-2.1-or-later
// One HTTP exchange at a time over connections that are kept. Knows TLS and its errors, bounds and
// stalls; knows nothing of registries. Redirects are answered like any other status: who follows
// them, and with which headers, is decided above (client.hpp).
#pragma once

#include "settings.hpp"
#include "url.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <berth/registry.hpp>

namespace berth::distribution {

/// Fills the buffer with the next bytes of a request's body, 0 at its end.
using BodySource = std::function<std::size_t(char* buffer, std::size_t size)>;

struct HttpRequest {
    std::string method = "GET";
    Url url;
    std::vector<std::string> headers; ///< "Accept: ..."
    std::string body;                 ///< sent when `source` is not set
    BodySource source;
    std::uint64_t source_size = 0;
    std::uint64_t limit = 4U << 20U; ///< Corrupt for a longer answer
    bool quick = true;               ///< the whole exchange is bounded in time, not only stalls
    /// Gets a successful (2xx) answer's body instead of HttpResponse::body; headers come first.
    std::function<void(const struct HttpResponse& head, std::string_view piece)> sink;
};

struct HttpResponse {
    long status = 0;
    std::map<std::string, std::string> headers; ///< names in lower case; the first 8,000 bytes each
    std::string body;
    std::uint64_t received = 0; ///< bytes of body
    /// Set when the connection broke after the answer began: why. What came before it stands.
    std::string broken;

    [[nodiscard]] std::string header(const std::string& name) const;
    [[nodiscard]] bool ok() const noexcept { return status >= 200 && status < 300; }
};

/// How a connection failed, beside the Error's own message.
class ConnectError : public Error {
  public:
    ConnectError(ErrorCode code, const std::string& message, bool not_tls)
        : Error(code, message), not_tls_(not_tls) {}
    /// The other side does not speak TLS.
    [[nodiscard]] bool not_tls() const noexcept { return not_tls_; }

  private:
    bool not_tls_;
};

/// For one host's certificates; used by one thread.
class Http {
  public:
    Http(const Settings& settings, const std::string& host);
    ~Http();
    Http(const Http&) = delete;
    Http& operator=(const Http&) = delete;

    /// Throws ConnectError when there was no answer, when it broke before any body, and when it
    /// came too slowly; and what source and sink throw.
    [[nodiscard]] HttpResponse perform(const HttpRequest& request);

  private:
    struct Handle;
    std::unique_ptr<Handle> handle_;
};

} // namespace berth::distribution
