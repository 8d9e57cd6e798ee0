// SPDX-License-Identifier: LGPL-2.1-or-later
#include "job.hpp"

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include <base/json_view.hpp>
#include <base/strings.hpp>

namespace berth::spec {

namespace {

using Json = nlohmann::json;

constexpr std::array kErrorNames{
    std::pair{ErrorCode::InvalidArgument, "InvalidArgument"},
    std::pair{ErrorCode::NotFound, "NotFound"},
    std::pair{ErrorCode::Exists, "Exists"},
    std::pair{ErrorCode::Busy, "Busy"},
    std::pair{ErrorCode::Denied, "Denied"},
    std::pair{ErrorCode::Unsupported, "Unsupported"},
    std::pair{ErrorCode::Exhausted, "Exhausted"},
    std::pair{ErrorCode::Corrupt, "Corrupt"},
    std::pair{ErrorCode::Io, "Io"},
    std::pair{ErrorCode::Cancelled, "Cancelled"},
    std::pair{ErrorCode::Internal, "Internal"},
};

constexpr std::size_t kMaxEntries = 10000;

Json write(const JobLayer& layer) {
    return {{"chain", layer.chain.str()}, {"diff", layer.diff.str()},
            {"blob", layer.blob.str()},   {"blob_size", layer.blob_size},
            {"size", layer.size},         {"media_type", layer.media_type}};
}

JobLayer read_layer(const base::JsonView& view) {
    return {.chain = LayerId(view.text("chain")),
            .diff = view.digest("diff"),
            .blob = view.digest("blob"),
            .blob_size = view.number("blob_size"),
            .size = view.number("size"),
            .media_type = view.text("media_type")};
}

Json write(const JobImage& image) {
    Json layers = Json::array();
    for (const auto& layer : image.layers)
        layers.push_back(write(layer));
    Json json{{"id", image.id.str()},
              {"manifest", image.manifest.str()},
              {"references", image.references},
              {"layers", std::move(layers)},
              {"up_to_date", image.up_to_date}};
    if (image.resolved) json["resolved"] = image.resolved->str();
    return json;
}

JobImage read_image(const base::JsonView& view) {
    JobImage image{.id = view.digest("id"), .manifest = view.digest("manifest")};
    if (view.has("resolved")) image.resolved = view.digest("resolved");
    image.references = view.texts("references");
    for (const auto& layer : view.objects("layers", kMaxEntries)) {
        image.layers.push_back(read_layer(layer));
    }
    image.up_to_date = view.flag("up_to_date");
    return image;
}

std::vector<JobImage> read_images(const base::JsonView& view) {
    std::vector<JobImage> images;
    for (const auto& image : view.objects("images", kMaxEntries)) {
        images.push_back(read_image(image));
    }
    return images;
}

Json write_images(const std::vector<JobImage>& images) {
    Json list = Json::array();
    for (const auto& image : images)
        list.push_back(write(image));
    return list;
}

Json write(const JobContainer& container) {
    Json mounts = Json::array();
    for (const auto& mount : container.mounts) {
        mounts.push_back(
            {{"source", mount.source}, {"target", mount.target}, {"read_only", mount.read_only}});
    }
    return {{"id", container.id},
            {"layer", container.layer},
            {"driver", container.driver},
            {"pid", container.pid},
            {"mounts", std::move(mounts)}};
}

JobContainer read_container(const base::JsonView& parent) {
    const base::JsonView view = parent.object("container");
    view.only({"id", "layer", "driver", "pid", "mounts"});
    JobContainer container{
        .id = view.text("id"), .layer = view.required_text("layer"), .driver = view.text("driver")};
    const std::uint64_t pid = view.number("pid");
    if (pid > INT32_MAX) view.fail("pid", "is no process id");
    container.pid = static_cast<int>(pid);
    for (const auto& mount : view.objects("mounts", kMaxEntries)) {
        container.mounts.push_back({.source = mount.required_text("source"),
                                    .target = mount.required_text("target"),
                                    .read_only = mount.flag("read_only")});
    }
    return container;
}

Json write(const PullRequest& request) {
    return {{"reference", request.reference},
            {"platform", request.platform},
            {"all_tags", request.all_tags}};
}
Json write(const PushRequest& request) {
    return {{"reference", request.reference}, {"image", write(request.image)}};
}
Json write(const LoadRequest& request) {
    return {{"platform", request.platform}};
}
Json write(const SaveRequest& request) {
    return {{"images", write_images(request.images)}};
}
Json write(const ImportRequest& request) {
    return {{"reference", request.reference},
            {"changes", request.changes},
            {"message", request.message},
            {"platform", request.platform}};
}
Json write(const ExportRequest& request) {
    return {{"container", write(request.container)}};
}
Json write(const CommitRequest& request) {
    Json json{{"container", write(request.container)},
              {"reference", request.reference},
              {"config", request.config},
              {"changes", request.changes},
              {"author", request.author},
              {"message", request.message}};
    if (request.parent) json["parent"] = write(*request.parent);
    return json;
}
Json write(const CopyInRequest& request) {
    return {{"container", write(request.container)},
            {"path", request.path},
            {"contents", request.contents},
            {"owner", request.owner}};
}
Json write(const CopyOutRequest& request) {
    return {{"container", write(request.container)},
            {"path", request.path},
            {"follow_link", request.follow_link}};
}
Json write(const SearchRequest& request) {
    return {{"term", request.term}, {"limit", request.limit}};
}
Json write(const LoginRequest& request) {
    return {{"host", request.host}, {"user", request.user}};
}
Json write(const BuildRequest& request) {
    return {{"dockerfile", request.dockerfile}, {"name", request.name},
            {"references", request.references}, {"args", request.args},
            {"labels", request.labels},         {"target", request.target},
            {"network", request.network},       {"no_cache", request.no_cache}};
}

JobOperation read_pull(const base::JsonView& view) {
    view.only({"operation", "uid", "reference", "platform", "all_tags"});
    return PullRequest{view.required_text("reference"), view.text("platform"),
                       view.flag("all_tags")};
}
JobOperation read_push(const base::JsonView& view) {
    view.only({"operation", "uid", "reference", "image"});
    return PushRequest{view.required_text("reference"), read_image(view.object("image"))};
}
JobOperation read_load(const base::JsonView& view) {
    view.only({"operation", "uid", "platform"});
    return LoadRequest{view.text("platform")};
}
JobOperation read_save(const base::JsonView& view) {
    view.only({"operation", "uid", "images"});
    return SaveRequest{read_images(view)};
}
JobOperation read_import(const base::JsonView& view) {
    view.only({"operation", "uid", "reference", "changes", "message", "platform"});
    return ImportRequest{view.text("reference"), view.texts("changes"), view.text("message"),
                         view.text("platform")};
}
JobOperation read_export(const base::JsonView& view) {
    view.only({"operation", "uid", "container"});
    return ExportRequest{read_container(view)};
}
JobOperation read_commit(const base::JsonView& view) {
    view.only({"operation", "uid", "container", "reference", "parent", "config", "changes",
               "author", "message"});
    CommitRequest request{.container = read_container(view), .reference = view.text("reference")};
    if (view.has("parent")) request.parent = read_image(view.object("parent"));
    request.config = view.text("config");
    request.changes = view.texts("changes");
    request.author = view.text("author");
    request.message = view.text("message");
    return request;
}
JobOperation read_copy_in(const base::JsonView& view) {
    view.only({"operation", "uid", "container", "path", "contents", "owner"});
    return CopyInRequest{read_container(view), view.required_text("path"), view.flag("contents"),
                         view.text("owner")};
}
JobOperation read_copy_out(const base::JsonView& view) {
    view.only({"operation", "uid", "container", "path", "follow_link"});
    return CopyOutRequest{read_container(view), view.required_text("path"),
                          view.flag("follow_link")};
}
JobOperation read_search(const base::JsonView& view) {
    view.only({"operation", "uid", "term", "limit"});
    const std::uint64_t limit = view.number("limit");
    if (limit > 1000) view.fail("limit", "is beyond 1000");
    return SearchRequest{view.required_text("term"),
                         limit == 0 ? 25U : static_cast<unsigned>(limit)};
}
JobOperation read_login(const base::JsonView& view) {
    view.only({"operation", "uid", "host", "user"});
    return LoginRequest{view.required_text("host"), view.text("user")};
}
JobOperation read_build(const base::JsonView& view) {
    view.only({"operation", "uid", "dockerfile", "name", "references", "args", "labels", "target",
               "network", "no_cache"});
    return BuildRequest{.dockerfile = view.text("dockerfile"),
                        .name = view.text("name"),
                        .references = view.texts("references"),
                        .args = view.text_map("args"),
                        .labels = view.text_map("labels"),
                        .target = view.text("target"),
                        .network = view.text("network"),
                        .no_cache = view.flag("no_cache")};
}

using Reader = JobOperation (*)(const base::JsonView&);

constexpr std::array kOperations{
    std::pair<const char*, Reader>{"pull", read_pull},
    std::pair<const char*, Reader>{"push", read_push},
    std::pair<const char*, Reader>{"load", read_load},
    std::pair<const char*, Reader>{"save", read_save},
    std::pair<const char*, Reader>{"import", read_import},
    std::pair<const char*, Reader>{"export", read_export},
    std::pair<const char*, Reader>{"commit", read_commit},
    std::pair<const char*, Reader>{"copy-in", read_copy_in},
    std::pair<const char*, Reader>{"copy-out", read_copy_out},
    std::pair<const char*, Reader>{"search", read_search},
    std::pair<const char*, Reader>{"login", read_login},
    std::pair<const char*, Reader>{"build", read_build},
};
static_assert(kOperations.size() == std::variant_size_v<JobOperation>);

Json write_found(const std::vector<SearchResult>& found) {
    Json list = Json::array();
    for (const auto& result : found) {
        list.push_back({{"name", result.name},
                        {"description", result.description},
                        {"stars", result.stars},
                        {"official", result.official}});
    }
    return list;
}

Json write_steps(const std::vector<JobStep>& steps) {
    Json list = Json::array();
    for (const auto& step : steps) {
        Json json{{"key", step.key}, {"layer", write(step.layer)}};
        if (step.parent) json["parent"] = step.parent->str();
        list.push_back(std::move(json));
    }
    return list;
}

std::vector<JobStep> read_steps(const base::JsonView& view) {
    std::vector<JobStep> steps;
    for (const auto& json : view.objects("steps", kMaxEntries)) {
        JobStep step{.key = json.required_text("key"), .layer = read_layer(json.object("layer"))};
        if (!is_hex64(step.key)) json.fail("key", "is no digest");
        if (json.has("parent")) step.parent = LayerId(json.text("parent"));
        steps.push_back(std::move(step));
    }
    return steps;
}

} // namespace

const char* operation_name(const JobOperation& operation) noexcept {
    return kOperations[operation.index()].first;
}

std::string dump_job_request(const JobRequest& request) {
    Json json =
        std::visit([](const auto& operation) { return write(operation); }, request.operation);
    json["operation"] = operation_name(request.operation);
    json["uid"] = request.uid;
    // Names of files and labels may be no UTF-8; JSON can't say so.
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

JobRequest parse_job_request(std::string_view text) {
    const Json json =
        base::parse_json(text, kJobFileLimit, "the job's request", ErrorCode::InvalidArgument);
    const base::JsonView view(json, "request", ErrorCode::InvalidArgument);
    const std::string name = view.required_text("operation");
    const std::uint64_t uid = view.number("uid");
    if (uid > UINT32_MAX) view.fail("uid", "is no user id");
    for (const auto& [known, reader] : kOperations) {
        if (name == known) return {reader(view), static_cast<std::uint32_t>(uid)};
    }
    view.fail("operation", "'" + base::printable(name) + "' is not known");
}

std::string dump_job_result(const JobResult& result) {
    Json json{{"ok", result.ok}};
    if (!result.ok) {
        json["error"] = error_name(result.error);
        json["message"] = result.message;
    }
    if (!result.images.empty()) json["images"] = write_images(result.images);
    if (!result.steps.empty()) json["steps"] = write_steps(result.steps);
    if (!result.digest.empty()) json["digest"] = result.digest;
    if (!result.found.empty()) json["found"] = write_found(result.found);
    if (!result.user.empty()) json["user"] = result.user;
    if (!result.warnings.empty()) json["warnings"] = result.warnings;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

JobResult parse_job_result(std::string_view text) {
    const Json json = base::parse_json(text, kJobFileLimit, "the job's result");
    const base::JsonView view(json, "result");
    JobResult result{.ok = view.flag("ok")};
    if (!result.ok) {
        result.error = error_code_of(view.text("error"));
        result.message = view.text("message");
    }
    result.images = read_images(view);
    result.steps = read_steps(view);
    result.digest = view.text("digest");
    for (const auto& found : view.objects("found", kMaxEntries)) {
        result.found.push_back({.name = found.text("name"),
                                .description = found.text("description"),
                                .stars = found.number("stars"),
                                .official = found.flag("official")});
    }
    result.user = view.text("user");
    result.warnings = view.texts("warnings");
    return result;
}

const char* error_name(ErrorCode code) noexcept {
    for (const auto& [known, name] : kErrorNames) {
        if (known == code) return name;
    }
    return "Internal";
}

ErrorCode error_code_of(std::string_view name) {
    for (const auto& [code, known] : kErrorNames) {
        if (name == known) return code;
    }
    throw Error(ErrorCode::InvalidArgument,
                "'" + base::printable(name.substr(0, 80)) + "' is not the name of an error");
}

} // namespace berth::spec
