// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job_result.hpp"

#include <bus/errors.hpp>

namespace berth::daemon {

namespace {

bus::Dict image_dict(const spec::JobImage& image) {
    std::uint64_t size = 0;
    for (const auto& layer : image.layers)
        size += layer.size;
    bus::Dict dict{{"id", image.id.str()},
                   {"manifest", image.manifest.str()},
                   {"references", image.references},
                   {"size", size},
                   {"up_to_date", image.up_to_date}};
    if (image.resolved) dict.set("digest", image.resolved->str());
    return dict;
}

bus::Dict found_dict(const SearchResult& found) {
    return {{"name", found.name},
            {"description", found.description},
            {"stars", found.stars},
            {"official", found.official}};
}

} // namespace

const char* job_state_name(store::JobState state) noexcept {
    switch (state) {
    case store::JobState::Done:
        return "done";
    case store::JobState::Failed:
        return "failed";
    case store::JobState::Cancelled:
        return "cancelled";
    case store::JobState::Running:
        break;
    }
    return "running";
}

bus::Dict to_dict(const spec::JobResult& result) {
    std::vector<bus::Dict> images;
    for (const auto& image : result.images)
        images.push_back(image_dict(image));
    std::vector<bus::Dict> found;
    for (const auto& entry : result.found)
        found.push_back(found_dict(entry));
    bus::Dict dict;
    if (!images.empty()) dict.set("images", std::move(images));
    if (!found.empty()) dict.set("results", std::move(found));
    if (!result.digest.empty()) dict.set("digest", result.digest);
    if (!result.user.empty()) dict.set("user", result.user);
    if (!result.warnings.empty()) dict.set("warnings", result.warnings);
    return dict;
}

JobOutcome job_outcome(const store::JobRecord& record) {
    try {
        const spec::JobResult result = spec::parse_job_result(record.result);
        if (result.ok) return {true, {}, {}, to_dict(result)};
        return {false, bus::error_name(result.error), result.message, {}};
    } catch (const Error& error) {
        return {false, bus::error_name(ErrorCode::Internal), error.what(), {}};
    }
}

} // namespace berth::daemon
