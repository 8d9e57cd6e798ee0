// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <base/json_view.hpp>
#include <base/strings.hpp>

namespace berth::distribution {

namespace {

constexpr int kMaxRedirects = 5;
constexpr std::size_t kMaxToken = 64 * 1024;
/// What docker stores as user name where the secret is an identity token.
constexpr const char* kTokenUser = "<token>";

std::string served_at(const std::string& host) {
    return host == "docker.io" ? "registry-1.docker.io" : host;
}

std::string base64(const std::string& text) {
    std::string coded(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(coded.data()),
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    coded.resize(static_cast<std::size_t>(length));
    return coded;
}

std::string basic(const RegistryCredentials& credentials) {
    return "Authorization: Basic " + base64(credentials.user + ":" + credentials.secret);
}

bool is_redirect(long status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string read_token(const HttpResponse& response) {
    const auto json = base::parse_json(response.body, 1U << 20U, "the token service's answer");
    const base::JsonView view(json, "answer");
    std::string token = view.text("token");
    if (token.empty()) token = view.text("access_token");
    if (token.empty() || token.size() > kMaxToken ||
        token.find_first_of("\r\n \t") != std::string::npos) {
        throw Error(ErrorCode::Corrupt, "the token service's answer has no token");
    }
    return token;
}

} // namespace

std::optional<Knowledge::Host> Knowledge::host(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = hosts_.find(name);
    return found == hosts_.end() ? std::nullopt : std::optional(found->second);
}

void Knowledge::learn(const std::string& name, Host host) {
    const std::lock_guard lock(mutex_);
    hosts_.insert_or_assign(name, std::move(host));
}

std::string Knowledge::token(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = tokens_.find(key);
    return found == tokens_.end() ? std::string() : found->second;
}

void Knowledge::keep_token(const std::string& key, const std::string& token) {
    const std::lock_guard lock(mutex_);
    tokens_.insert_or_assign(key, token);
}

void Knowledge::forget_token(const std::string& key) {
    const std::lock_guard lock(mutex_);
    tokens_.erase(key);
}

Client::Client(const Settings& settings, Knowledge& knowledge, std::string host,
               std::optional<RegistryCredentials> credentials, std::string scope)
    : settings_(settings), knowledge_(knowledge), host_(std::move(host)),
      endpoint_(served_at(host_)), credentials_(std::move(credentials)), scope_(std::move(scope)),
      http_(settings, endpoint_) {}

Subject Client::subject(const std::string& what) const {
    return {.host = host_, .what = what, .has_login = credentials_.has_value()};
}

bool Client::plain_allowed(const std::string& host) const {
    return is_loopback(host) || settings_.insecure.count(host) != 0;
}

HttpResponse Client::ping(const std::string& scheme) {
    return http_.perform({.url = {scheme, endpoint_, "/v2/"}});
}

/// Tries TLS; plain HTTP only where it is allowed and the other side does not speak TLS.
void Client::learn_host() {
    if (const auto known = knowledge_.host(endpoint_)) {
        origin_ = {known->scheme, endpoint_, "/"};
        challenge_ = known->challenge;
        return;
    }
    std::string scheme = "https";
    HttpResponse response;
    try {
        response = ping(scheme);
    } catch (const ConnectError& error) {
        if (!error.not_tls() || !plain_allowed(endpoint_)) throw;
        scheme = "http";
        response = ping(scheme);
    }
    if (response.status == 401) challenge_ = parse_challenge(response.header("www-authenticate"));
    if (response.status == 429 || response.status >= 500) {
        throw_status(response, subject("the registry"));
    }
    origin_ = {scheme, endpoint_, "/"};
    knowledge_.learn(endpoint_, {scheme, challenge_});
}

Url Client::url(const std::string& path) {
    if (origin_.scheme.empty()) learn_host();
    return {origin_.scheme, origin_.host, path};
}

Url Client::resolve(const Url& from, const std::string& location) const {
    Url url = resolve_url(from, location);
    // A registry behind a TLS proxy may not know that it is: nothing goes back to plain HTTP.
    if (url.scheme == "http" && origin_.scheme == "https" && url.host == origin_.host) {
        url.scheme = "https";
    }
    return url;
}

void Client::check_target(const Url& url) const {
    if (url.scheme == "https" || plain_allowed(url.host)) return;
    throw Error(ErrorCode::Denied,
                "the registry '" + host_ + "' sends us to '" + base::printable(url.host) +
                    "' without TLS, which is allowed only for this machine and hosts listed as "
                    "insecure in berth.toml");
}

std::string Client::token_key() const {
    return endpoint_ + "\n" + (credentials_ ? credentials_->user : "") + "\n" + scope_;
}

HttpRequest Client::token_request(const Challenge& challenge) const {
    const Url realm = parse_url(challenge.get("realm"));
    check_target(realm);
    HttpRequest request{.url = realm};
    const std::string service = challenge.get("service");
    const std::string scope = scope_.empty() ? challenge.get("scope") : scope_;
    if (credentials_ && credentials_->user == kTokenUser) {
        request.method = "POST";
        request.headers = {"Content-Type: application/x-www-form-urlencoded"};
        request.body = "grant_type=refresh_token&client_id=berth&service=" + escape(service) +
                       "&scope=" + escape(scope) + "&refresh_token=" + escape(credentials_->secret);
        return request;
    }
    std::string path = realm.path;
    if (!service.empty()) path = with_query(path, "service", service);
    if (!scope.empty()) path = with_query(path, "scope", scope);
    if (credentials_) {
        path = with_query(path, "account", credentials_->user);
        request.headers = {basic(*credentials_)};
    }
    request.url.path = path;
    return request;
}

std::string Client::bearer_token(const Challenge& challenge) {
    std::string token = knowledge_.token(token_key());
    if (!token.empty()) return token;
    const HttpRequest request = token_request(challenge);
    const HttpResponse response = http_.perform(request);
    if (!response.ok()) {
        Subject about =
            subject("a token of '" + base::printable(request.url.host) + "' for access");
        throw_status(response, about);
    }
    token = read_token(response);
    knowledge_.keep_token(token_key(), token);
    return token;
}

std::string Client::authorization() {
    if (!challenge_) return {};
    if (challenge_->scheme == "bearer") {
        return "Authorization: Bearer " + bearer_token(*challenge_);
    }
    return credentials_ ? basic(*credentials_) : std::string();
}

HttpResponse Client::send(HttpRequest request, const Url& url) {
    check_target(url);
    request.url = url;
    if (url.same_origin(origin_)) {
        std::string header = authorization();
        if (!header.empty()) request.headers.push_back(std::move(header));
    }
    return http_.perform(request);
}

HttpResponse Client::follow(const HttpRequest& request, const Url& from, HttpResponse response) {
    Url at = from;
    for (int hop = 0; is_redirect(response.status); ++hop) {
        if (hop == kMaxRedirects) {
            throw Error(ErrorCode::Corrupt, "the registry '" + host_ + "' redirects without end");
        }
        at = resolve(at, response.header("location"));
        response = send(request, at);
    }
    return response;
}

HttpResponse Client::ask(HttpRequest request, const std::string& path) {
    const Url target = url(path);
    return ask(std::move(request), target);
}

HttpResponse Client::ask(HttpRequest request, const Url& target) {
    if (origin_.scheme.empty()) learn_host();
    const bool may_follow = request.method == "GET" || request.method == "HEAD";
    HttpResponse response = send(request, target);
    if (response.status == 401 && target.same_origin(origin_)) {
        // A token that ran out, or a host that asks only now: once more with what it says.
        auto challenge = parse_challenge(response.header("www-authenticate"));
        const bool changed = challenge && !challenge_;
        const bool stale = challenge && challenge->scheme == "bearer";
        // A body that was read from a source can't be sent twice.
        if ((changed || stale) && !request.source) {
            challenge_ = std::move(challenge);
            knowledge_.forget_token(token_key());
            response = send(request, target);
        }
    }
    return may_follow ? follow(request, target, std::move(response)) : response;
}

} // namespace berth::distribution
