// SPDX-License-Identifier: LGPL-2.1-or-later
// HTTP with what registries add: finds out whether a host speaks TLS, answers its challenges,
// follows redirects. Credentials and tokens belong to one origin (scheme, host, port): they go to
// it, and to the token service it names, and never along a redirect to another.
#pragma once

#include "challenge.hpp"
#include "errors.hpp"
#include "http.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <berth/registry.hpp>

namespace berth::distribution {

/// What sessions of one Registry learn about hosts, shared between threads.
class Knowledge {
  public:
    struct Host {
        std::string scheme;
        std::optional<Challenge> challenge;
    };
    [[nodiscard]] std::optional<Host> host(const std::string& name) const;
    void learn(const std::string& name, Host host);
    [[nodiscard]] std::string token(const std::string& key) const;
    void keep_token(const std::string& key, const std::string& token);
    void forget_token(const std::string& key);

  private:
    mutable std::mutex mutex_;
    std::map<std::string, Host> hosts_;
    std::map<std::string, std::string> tokens_;
};

/// For one host and one scope; used by one thread.
class Client {
  public:
    /// `scope` is "repository:NAME:pull,push", or "registry:catalog:*", or empty.
    Client(const Settings& settings, Knowledge& knowledge, std::string host,
           std::optional<RegistryCredentials> credentials, std::string scope);

    /// Asks `path` of the host ("/v2/..."), answering challenges and following at most five
    /// redirects for GET and HEAD. Returns whatever status it ends with.
    [[nodiscard]] HttpResponse ask(HttpRequest request, const std::string& path);
    /// The same for an address the registry gave (an upload's location).
    [[nodiscard]] HttpResponse ask(HttpRequest request, const Url& url);
    /// An address of the registry as seen from `from`; one on the same host keeps to its scheme.
    [[nodiscard]] Url resolve(const Url& from, const std::string& location) const;
    [[nodiscard]] Url url(const std::string& path);

    [[nodiscard]] Subject subject(const std::string& what) const;
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    [[nodiscard]] bool has_credentials() const noexcept { return credentials_.has_value(); }

  private:
    [[nodiscard]] bool plain_allowed(const std::string& host) const;
    void learn_host();
    [[nodiscard]] HttpResponse ping(const std::string& scheme);
    void check_target(const Url& url) const;
    [[nodiscard]] HttpResponse send(HttpRequest request, const Url& url);
    [[nodiscard]] HttpResponse follow(const HttpRequest& request, const Url& from,
                                      HttpResponse response);
    [[nodiscard]] std::string authorization();
    [[nodiscard]] std::string bearer_token(const Challenge& challenge);
    [[nodiscard]] HttpRequest token_request(const Challenge& challenge) const;
    [[nodiscard]] std::string token_key() const;

    const Settings& settings_;
    Knowledge& knowledge_;
    std::string host_;     ///< as the user names it
    std::string endpoint_; ///< where it is served
    std::optional<RegistryCredentials> credentials_;
    std::string scope_;
    Http http_;
    Url origin_; ///< of the registry; scheme empty until learnt
    std::optional<Challenge> challenge_;
};

} // namespace berth::distribution
