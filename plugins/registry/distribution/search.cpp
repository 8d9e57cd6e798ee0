// SPDX-License-Identifier: LGPL-2.1-or-later
#include "search.hpp"

#include "paging.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <base/strings.hpp>

namespace berth::distribution {

namespace {

constexpr std::size_t kMaxCatalog = 10000;

/// GET /v1/search: {"results":[{"name","description","star_count","is_official"}]}.
std::vector<SearchResult> read_results(const HttpResponse& response, unsigned limit) {
    const auto json = base::parse_json(response.body, 4U << 20U, "the search result");
    const base::JsonView view(json, "search");
    std::vector<SearchResult> found;
    for (const auto& result : view.objects("results", kMaxCatalog)) {
        if (found.size() == limit) break;
        found.push_back({.name = base::printable(result.text("name").substr(0, 255)),
                         .description = base::printable(result.text("description").substr(0, 1000)),
                         .stars = result.number("star_count"),
                         .official = result.flag("is_official")});
    }
    return found;
}

/// Where the term stands in a name decides: alone, as the last part, at its start, anywhere.
int rank(const std::string& name, const std::string& term) {
    const std::string last = name.substr(name.rfind('/') + 1);
    if (name == term) return 0;
    if (last == term) return 1;
    if (last.compare(0, term.size(), term) == 0) return 2;
    return 3;
}

std::vector<SearchResult> search_catalog(Client& client, const std::string& term, unsigned limit) {
    const std::string wanted = base::to_lower(term);
    std::vector<std::string> names;
    for (auto& name :
         read_pages(client, "/v2/_catalog?n=1000", "repositories", kMaxCatalog, "the catalogue")) {
        if (name.find(wanted) != std::string::npos) names.push_back(std::move(name));
    }
    std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) {
        return rank(a, wanted) < rank(b, wanted);
    });
    std::vector<SearchResult> found;
    for (const auto& name : names) {
        if (found.size() == limit) break;
        found.push_back({.name = base::printable(name.substr(0, 255))});
    }
    return found;
}

} // namespace

std::vector<SearchResult> search(const Settings& settings, Knowledge& knowledge,
                                 const RegistryTarget& target, const std::string& term,
                                 unsigned limit) {
    const bool hub = target.host == "docker.io";
    Client client(settings, knowledge, hub ? "index.docker.io" : target.host, target.credentials,
                  hub ? "" : "registry:catalog:*");
    std::string path = with_query("/v1/search", "q", term);
    path = with_query(path, "n", std::to_string(limit));
    const HttpResponse response = client.ask(HttpRequest{}, path);
    const bool json = response.header("content-type").find("json") != std::string::npos;
    if (response.status == 200 && json) return read_results(response, limit);
    if (response.status == 429 || hub) throw_status(response, client.subject("a search"));
    return search_catalog(client, term, limit);
}

} // namespace berth::distribution
