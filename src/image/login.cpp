// SPDX-License-Identifier: LGPL-2.1-or-later
#include "login.hpp"

#include <image/auth.hpp>
#include <spec/reference.hpp>

namespace berth::image {

namespace {

constexpr const char* kDistribution = "distribution";

/// "https://host/", "host/v1/" and the like are habits of docker's users.
std::string host_of(std::string text) {
    for (const std::string scheme : {"https://", "http://"}) {
        if (text.compare(0, scheme.size(), scheme) == 0) text.erase(0, scheme.size());
    }
    text.resize(std::min(text.find('/'), text.size()));
    if (text.empty() || text == "index.docker.io") text = spec::kDefaultRegistry;
    if (!spec::is_registry_host(text)) {
        throw Error(ErrorCode::InvalidArgument, "'" + text.substr(0, 80) +
                                                    "' is not a registry's host; write it as "
                                                    "registry.example.org or localhost:5000");
    }
    return text;
}

} // namespace

spec::JobResult login(Places& places, const spec::LoginRequest& request, std::string secret) {
    if (!secret.empty() && secret.back() == '\n') secret.pop_back();
    if (!secret.empty() && secret.back() == '\r') secret.pop_back();
    if (request.user.empty() || secret.empty()) {
        throw Error(ErrorCode::InvalidArgument, "a login needs a user name and a password");
    }
    if (request.user.find(':') != std::string::npos && request.user != "<token>") {
        throw Error(ErrorCode::InvalidArgument, "a user name can't have a colon");
    }
    const RegistryTarget target{.host = host_of(request.host),
                                .repository = "",
                                .credentials = RegistryCredentials{request.user, secret}};
    const RegistryCredentials kept = places.registry(kDistribution).login(target);
    keep_credentials(places.uid(), target.host, kept);
    return {.ok = true, .user = kept.user};
}

SearchTerm parse_search_term(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash != std::string::npos) {
        const std::string first = text.substr(0, slash);
        const bool host = first.find_first_of(".:") != std::string::npos || first == "localhost";
        if (host && spec::is_registry_host(first)) return {first, text.substr(slash + 1)};
    }
    return {spec::kDefaultRegistry, text};
}

spec::JobResult search(Places& places, const spec::SearchRequest& request) {
    const SearchTerm term = parse_search_term(request.term);
    const RegistryTarget target{.host = term.host,
                                .repository = "",
                                .credentials = find_credentials(places.uid(), term.host)};
    spec::JobResult result{.ok = true};
    result.found = places.registry(kDistribution).search(target, term.word, request.limit);
    // A registry of one's own is named in full, so that the name can be pulled as it stands.
    if (term.host != spec::kDefaultRegistry) {
        for (auto& found : result.found)
            found.name.insert(0, term.host + "/");
    }
    return result;
}

} // namespace berth::image
