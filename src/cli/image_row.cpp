// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_row.hpp"

#include "human.hpp"
#include "image_pull.hpp"
#include "options.hpp"

#include <algorithm>

#include <fnmatch.h>
#include <nlohmann/json.hpp>

#include <base/strings.hpp>

namespace berth::cli {
namespace {

using Json = nlohmann::json;

std::vector<std::string> texts(const Json& row, const char* key) {
    const auto found = row.find(key);
    return found != row.end() && found->is_array() ? found->get<std::vector<std::string>>()
                                                   : std::vector<std::string>{};
}

bool is_named(const Json& image, const std::string& name) {
    if (plain_id(image.value("id", "")).starts_with(plain_id(name)) && name.size() >= 4)
        return true;
    const auto tags = texts(image, "tags");
    return std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
        return tag == name || familiar(tag) == with_default_tag(name);
    });
}

std::uint64_t created_of(const std::vector<Json>& images, const std::string& name) {
    for (const auto& image : images) {
        if (is_named(image, name)) return image.value("created", 0ULL);
    }
    throw Error(ErrorCode::NotFound, "no such image: " + base::printable(name));
}

// "debian", "debian:1*", "*/web": against the name with and without its tag.
bool matches_reference(const std::string& reference, const std::string& pattern) {
    const std::string name = familiar(reference);
    const auto split = split_reference(name);
    for (const auto& candidate : {name, split.repository, reference}) {
        if (::fnmatch(pattern.c_str(), candidate.c_str(), FNM_PATHNAME) == 0) return true;
    }
    return false;
}

bool passes(const Json& image, const std::vector<Json>& all, const Filter& filter) {
    const auto created = image.value("created", 0ULL);
    if (filter.key == "dangling") {
        const auto wanted = parse_bool(filter.value);
        if (!wanted) throw UsageError("the filter dangling takes true or false");
        return texts(image, "tags").empty() == *wanted;
    }
    if (filter.key == "label")
        return has_label(image.value("labels", Json::object()), filter.value);
    if (filter.key == "before") return created < created_of(all, filter.value);
    return created > created_of(all, filter.value); // since
}

// Several filters by reference are alternatives.
bool is_referred_to(const std::string& tag, const std::vector<Filter>& filters) {
    const auto matches = [&](const Filter& filter) {
        return filter.key == "reference" && matches_reference(tag, filter.value);
    };
    const bool none = std::none_of(filters.begin(), filters.end(),
                                   [](const Filter& filter) { return filter.key == "reference"; });
    return none || std::any_of(filters.begin(), filters.end(), matches);
}

// "sha256:..." of "name@sha256:...", the one of `repository` first.
std::string digest_of(const Json& image, const std::string& repository) {
    std::string any = "<none>";
    for (const auto& digest : texts(image, "digests")) {
        const std::size_t at = digest.rfind('@');
        const std::string value = at == std::string::npos ? digest : digest.substr(at + 1);
        if (at != std::string::npos && familiar(digest.substr(0, at)) == repository) return value;
        if (any == "<none>") any = value;
    }
    return any;
}

Json row_of(const Json& image, const SplitReference& name, std::uint64_t now, bool truncate) {
    const auto created = image.value("created", 0ULL);
    const std::string id = image.value("id", "");
    return {
        {"Repository", name.repository},
        {"Tag", name.tag},
        {"Digest", digest_of(image, name.repository)},
        {"ID", truncate ? short_id(id) : id},
        {"CreatedSince", human_duration(now > created ? now - created : 0) + " ago"},
        {"CreatedAt", date_text(created)},
        {"Size", human_size(image.value("size", 0ULL))},
        {"Containers", std::to_string(image.value("containers", 0ULL))},
        {"Labels", labels_text(image.value("labels", Json::object()))},
        {kLabels, image.value("labels", Json::object())},
    };
}

} // namespace

std::string familiar(const std::string& reference) {
    for (const std::string prefix : {"docker.io/library/", "docker.io/"}) {
        if (reference.starts_with(prefix)) return reference.substr(prefix.size());
    }
    return reference;
}

SplitReference split_reference(const std::string& reference) {
    const std::string name = reference.substr(0, reference.find('@'));
    const std::size_t slash = name.rfind('/');
    const std::size_t colon = name.find(':', slash == std::string::npos ? 0 : slash);
    if (colon == std::string::npos) return {name, "<none>"};
    return {name.substr(0, colon), name.substr(colon + 1)};
}

const std::vector<std::string>& image_filter_keys() {
    static const std::vector<std::string> keys = {"dangling", "label", "reference", "before",
                                                  "since"};
    return keys;
}

std::vector<Json> image_rows(const std::vector<Json>& images, const std::vector<Filter>& filters,
                             ImageRowStyle style) {
    const std::uint64_t now = now_usec();
    std::vector<Json> rows;
    for (const auto& image : images) {
        const bool wanted = std::all_of(filters.begin(), filters.end(), [&](const Filter& filter) {
            return filter.key == "reference" || passes(image, images, filter);
        });
        if (!wanted) continue;
        auto tags = texts(image, "tags");
        std::sort(tags.begin(), tags.end(), [](const std::string& a, const std::string& b) {
            return familiar(a) < familiar(b);
        });
        for (const auto& tag : tags) {
            if (is_referred_to(tag, filters))
                rows.push_back(row_of(image, split_reference(familiar(tag)), now, style.truncate));
        }
        if (tags.empty() && is_referred_to("", filters))
            rows.push_back(row_of(image, {"<none>", "<none>"}, now, style.truncate));
    }
    return rows;
}

} // namespace berth::cli
