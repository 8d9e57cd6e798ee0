// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bus_json.hpp"
#include "image_row.hpp"
#include "list.hpp"
#include "options.hpp"
#include "verb.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

std::vector<Field> fields(bool digests) {
    return {{"Repository", "REPOSITORY", true, 0, 12},
            {"Tag", "TAG", true, 0, 8},
            {"Digest", "DIGEST", digests, 1, 19},
            {"ID", "IMAGE ID"},
            {"CreatedSince", "CREATED", true, 2},
            {"Size", "SIZE"},
            {"CreatedAt", "CREATED AT", false},
            {"Containers", "CONTAINERS", false},
            {"Labels", "LABELS", false}};
}

std::vector<nlohmann::json> list_images(Client& client) {
    std::vector<nlohmann::json> rows;
    for (const auto& row : client.manager("ListImages", bus::Dict()).read<std::vector<bus::Dict>>())
        rows.push_back(to_json(row));
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.value("created", 0ULL) > b.value("created", 0ULL);
    });
    return rows;
}

} // namespace

int images(Client& client, const Arguments& arguments) {
    bool all = false;
    bool digests = false;
    bool no_trunc = false;
    bool quiet = false;
    std::string format;
    std::vector<std::string> filter_texts;
    Options options("images", "[REPOSITORY[:TAG]]", "List images");
    options.flag("-a,--all", all, "All images (there are no hidden ones)");
    options.flag("--digests", digests, "Also the digests of their manifests");
    options.list("-f,--filter", "KEY=VALUE", filter_texts,
                 "Only some: dangling, label, reference, before, since");
    options.value("--format", "FORMAT", format, "json, 'table TEMPLATE' or a Go template");
    options.flag("--no-trunc", no_trunc, "Whole IDs");
    options.flag("-q,--quiet", quiet, "Only IDs");
    options.refused("--tree", "", "an image here has one platform, so there is no tree to show");
    options.need(0, 1);
    const auto names = options.parse(arguments);
    if (!names) return 0;
    auto filters = parse_filters(filter_texts, image_filter_keys());
    if (!names->empty()) filters.push_back({"reference", names->front()});
    std::vector<nlohmann::json> rows =
        image_rows(list_images(client), filters, {digests, !no_trunc});
    if (quiet) { // an image with several names has one ID
        std::vector<nlohmann::json> unique;
        for (auto& row : rows) {
            const bool seen = std::any_of(unique.begin(), unique.end(), [&](const auto& other) {
                return other["ID"] == row["ID"];
            });
            if (!seen) unique.push_back(std::move(row));
        }
        rows = std::move(unique);
    }
    print_list(rows, fields(digests), {format, quiet, "ID", !no_trunc});
    return 0;
}

} // namespace berth::cli
