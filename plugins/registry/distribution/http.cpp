// SPDX-License-Identifier: LGPL-2.1-or-later
#include "http.hpp"

#include "tls.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>

#include <berth_config.hpp>
#include <curl/curl.h>

#include <base/handle.hpp>
#include <base/strings.hpp>

namespace berth::distribution {

namespace {

constexpr std::size_t kMaxHeaders = 128;
constexpr std::size_t kMaxHeader = 8000;
constexpr std::size_t kMaxErrorBody = 64 * 1024;
constexpr long kQuickSeconds = 120;

using HeaderList = base::Handle<curl_slist, curl_slist_free_all>;

/// One exchange under way, as libcurl's callbacks see it.
struct Exchange {
    const HttpRequest& request;
    HttpResponse response;
    std::exception_ptr thrown;
    std::size_t body_sent = 0;

    /// Runs a callback's body; an exception ends the transfer and is thrown again after it.
    template <class Action>
    bool guarded(Action action) {
        try {
            action();
            return true;
        } catch (...) {
            thrown = std::current_exception();
            return false;
        }
    }
};

void take_header(HttpResponse& response, std::string_view line) {
    if (line.substr(0, 5) == "HTTP/") {
        response.headers.clear();
        const std::size_t space = line.find(' ');
        const auto code =
            space == std::string_view::npos ? std::string_view() : line.substr(space + 1, 3);
        response.status = static_cast<long>(base::parse_number(code, 999).value_or(0));
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || response.headers.size() >= kMaxHeaders) return;
    const auto value = base::trim(line.substr(colon + 1));
    response.headers.emplace(base::to_lower(line.substr(0, colon)), value.substr(0, kMaxHeader));
}

void take_body(Exchange& exchange, std::string_view piece) {
    auto& response = exchange.response;
    response.received += piece.size();
    if (response.ok() && exchange.request.sink) {
        exchange.request.sink(response, piece);
        return;
    }
    if (!response.ok()) {
        const std::size_t room = kMaxErrorBody - std::min(kMaxErrorBody, response.body.size());
        response.body.append(piece.substr(0, room));
        if (room >= piece.size()) return;
        throw Error(ErrorCode::Io, "the registry's error message has no end");
    }
    if (response.received > exchange.request.limit) {
        throw Error(ErrorCode::Corrupt, "the registry's answer is larger than the " +
                                            std::to_string(exchange.request.limit) +
                                            " bytes allowed");
    }
    response.body.append(piece);
}

std::size_t fill_body(Exchange& exchange, char* buffer, std::size_t size) {
    if (exchange.request.source) return exchange.request.source(buffer, size);
    const std::string_view rest =
        std::string_view(exchange.request.body).substr(exchange.body_sent);
    const std::size_t count = std::min(size, rest.size());
    std::copy_n(rest.data(), count, buffer);
    exchange.body_sent += count;
    return count;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* user) {
    auto* exchange = static_cast<Exchange*>(user);
    const std::string_view line(data, size * count);
    return exchange->guarded([&] { take_header(exchange->response, base::trim(line)); })
               ? line.size()
               : 0;
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto* exchange = static_cast<Exchange*>(user);
    const std::string_view piece(data, size * count);
    return exchange->guarded([&] { take_body(*exchange, piece); }) ? piece.size() : 0;
}

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* user) {
    auto* exchange = static_cast<Exchange*>(user);
    std::size_t filled = 0;
    const bool fine =
        exchange->guarded([&] { filled = fill_body(*exchange, buffer, size * count); });
    return fine ? filled : CURL_READFUNC_ABORT;
}

CURLcode on_context(CURL*, void* context, void*) {
    watch_verification(context);
    return CURLE_OK;
}

void start_libcurl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

bool is_tls_failure(CURLcode code) {
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
        return true;
    default:
        return false;
    }
}

} // namespace

struct Http::Handle {
    const Settings& settings;
    std::string host;
    Certificates certificates;
    std::map<std::string, Certificates> others; ///< of hosts it has sent us to
    base::Handle<CURL, curl_easy_cleanup> curl;
    std::array<char, CURL_ERROR_SIZE> message{};

    template <class T>
    void set(CURLoption option, T value) {
        if (curl_easy_setopt(curl.get(), option, value) != CURLE_OK) {
            throw Error(ErrorCode::Internal,
                        "libcurl refuses option " + std::to_string(static_cast<int>(option)));
        }
    }
    void prepare(const HttpRequest& request);
    void prepare_tls(const Url& url);
    [[nodiscard]] const Certificates& certificates_for(const std::string& other);
    void prepare_body(const HttpRequest& request);
    [[noreturn]] void fail(CURLcode code, const Url& url);
    [[noreturn]] void fail_tls(const Url& url, const std::string& why);
};

Http::Http(const Settings& settings, const std::string& host) {
    start_libcurl();
    handle_ = std::make_unique<Handle>(Handle{.settings = settings,
                                              .host = host,
                                              .certificates = find_certificates(settings, host),
                                              .others = {},
                                              .curl = {}});
    handle_->curl.reset(curl_easy_init());
    if (!handle_->curl) throw Error(ErrorCode::Exhausted, "libcurl has no memory for a connection");
}

Http::~Http() = default;

/// Its token service and its store of blobs often have the registry's authority and no directory of
/// their own. A client's certificate is shown to no host but the one it is kept for.
const Certificates& Http::Handle::certificates_for(const std::string& other) {
    if (other == host) return certificates;
    const auto [entry, fresh] = others.try_emplace(other);
    if (!fresh) return entry->second;
    entry->second = find_certificates(settings, other);
    if (entry->second.directory.empty()) {
        entry->second.authorities = certificates.authorities;
    }
    return entry->second;
}

void Http::Handle::prepare_tls(const Url& url) {
    const bool trusted_anyway = settings.insecure.count(url.host) != 0;
    set(CURLOPT_SSL_VERIFYPEER, trusted_anyway ? 0L : 1L);
    set(CURLOPT_SSL_VERIFYHOST, trusted_anyway ? 0L : 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_CTX_FUNCTION, &on_context);
    const Certificates& known = certificates_for(url.host);
    if (!known.authorities.empty()) {
        curl_blob blob{const_cast<char*>(known.authorities.data()), known.authorities.size(),
                       CURL_BLOB_COPY};
        set(CURLOPT_CAINFO_BLOB, &blob);
    }
    if (!known.client_certificate.empty()) {
        set(CURLOPT_SSLCERT, known.client_certificate.c_str());
        set(CURLOPT_SSLKEY, known.client_key.c_str());
    }
}

void Http::Handle::prepare_body(const HttpRequest& request) {
    if (request.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET") {
        const std::uint64_t size = request.source ? request.source_size : request.body.size();
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
        set(CURLOPT_READFUNCTION, &on_read);
        set(CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void Http::Handle::prepare(const HttpRequest& request) {
    curl_easy_reset(curl.get());
    message[0] = '\0';
    clear_tls_failure();
    set(CURLOPT_ERRORBUFFER, message.data());
    set(CURLOPT_URL, request.url.str().c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, "berth/" BERTH_VERSION);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_BUFFERSIZE, 512L * 1024);
    set(CURLOPT_CONNECTTIMEOUT, settings.connect_seconds);
    set(CURLOPT_LOW_SPEED_TIME, settings.stall_seconds);
    set(CURLOPT_LOW_SPEED_LIMIT, settings.stall_bytes);
    if (request.quick) set(CURLOPT_TIMEOUT, std::min(kQuickSeconds, 4 * settings.stall_seconds));
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_WRITEFUNCTION, &on_body);
    prepare_tls(request.url);
    prepare_body(request);
}

void Http::Handle::fail_tls(const Url& url, const std::string& why) {
    const auto& failure = tls_failure();
    std::string text = "cannot trust '" + url.host + "': " + why;
    if (!failure.issuer.empty()) {
        text +=
            "; its certificate '" + failure.subject + "' was issued by '" + failure.issuer + "'";
    }
    const std::string& known = certificates_for(url.host).directory;
    text += "; looked in the system's trust and " +
            (known.empty() ? settings.certificate_dirs.front() + "/" + url.host : known);
    text += ". If you trust the issuer, put its certificate there as ca.crt";
    throw ConnectError(ErrorCode::Denied, text, false);
}

void Http::Handle::fail(CURLcode code, const Url& url) {
    const std::string why =
        base::printable(message[0] != '\0' ? message.data() : curl_easy_strerror(code));
    if (is_tls_failure(code)) fail_tls(url, why);
    const std::string server = "'" + url.host + "'";
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        throw ConnectError(ErrorCode::Io,
                           "cannot find the registry " + server +
                               ": its name has no address; check the name and the network's DNS",
                           false);
    case CURLE_COULDNT_CONNECT:
        throw ConnectError(ErrorCode::Io,
                           "cannot connect to the registry " + server + ": " + why +
                               "; check that it runs and that nothing is in the way",
                           false);
    case CURLE_SSL_CONNECT_ERROR:
        throw ConnectError(ErrorCode::Io,
                           "cannot speak TLS with the registry " + server + ": " + why +
                               "; if it speaks plain HTTP, list it as insecure in berth.toml",
                           true);
    case CURLE_OPERATION_TIMEDOUT:
        throw ConnectError(ErrorCode::Io, "the registry " + server + " is too slow: " + why, false);
    default:
        throw ConnectError(ErrorCode::Io, "talking to the registry " + server + " failed: " + why,
                           false);
    }
}

HttpResponse Http::perform(const HttpRequest& request) {
    Exchange exchange{.request = request};
    handle_->prepare(request);
    HeaderList list;
    for (const auto& header : request.headers) {
        curl_slist* longer = curl_slist_append(list.get(), header.c_str());
        if (longer == nullptr) throw Error(ErrorCode::Exhausted, "no memory for a request");
        static_cast<void>(list.release());
        list.reset(longer);
    }
    handle_->set(CURLOPT_HTTPHEADER, list.get());
    handle_->set(CURLOPT_HEADERDATA, &exchange);
    handle_->set(CURLOPT_WRITEDATA, &exchange);
    handle_->set(CURLOPT_READDATA, &exchange);
    const CURLcode code = curl_easy_perform(handle_->curl.get());
    if (exchange.thrown) std::rethrow_exception(exchange.thrown);
    if (code == CURLE_OK) return std::move(exchange.response);
    const bool stalled = code == CURLE_OPERATION_TIMEDOUT;
    if (stalled || exchange.response.received == 0 || !exchange.response.ok()) {
        handle_->fail(code, request.url);
    }
    exchange.response.broken = base::printable(
        handle_->message[0] != '\0' ? handle_->message.data() : curl_easy_strerror(code));
    return std::move(exchange.response);
}

std::string HttpResponse::header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
}

} // namespace berth::distribution
