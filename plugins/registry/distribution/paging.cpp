// SPDX-License-Identifier: LGPL-2.1-or-later
#include "paging.hpp"

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>

namespace berth::distribution {

namespace {

constexpr int kMaxPages = 100;

/// `<ADDRESS>; rel="next"`
std::string next_link(const HttpResponse& response) {
    const std::string link = response.header("link");
    const std::size_t open = link.find('<');
    const std::size_t close = link.find('>', open);
    if (open == std::string::npos || close == std::string::npos) return {};
    if (link.find("next", close) == std::string::npos) return {};
    return link.substr(open + 1, close - open - 1);
}

} // namespace

std::vector<std::string> read_pages(Client& client, const std::string& path, const char* key,
                                    std::size_t limit, const std::string& what) {
    std::vector<std::string> all;
    Url at = client.url(path);
    for (int page = 0; page < kMaxPages; ++page) {
        const HttpResponse response = client.ask(HttpRequest{}, at);
        if (response.status != 200) throw_status(response, client.subject(what));
        const auto json = base::parse_json(response.body, 4U << 20U, what);
        for (auto& text : base::JsonView(json, what).texts(key)) {
            if (all.size() == limit) return all;
            all.push_back(std::move(text));
        }
        const std::string next = next_link(response);
        if (next.empty()) return all;
        const Url following = client.resolve(at, next);
        if (!following.same_origin(at) || following.path == at.path) return all;
        at = following;
    }
    return all;
}

} // namespace berth::distribution
