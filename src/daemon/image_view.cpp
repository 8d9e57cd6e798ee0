// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_view.hpp"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include <base/time.hpp>
#include <container/image_lookup.hpp>

namespace berth::daemon {

namespace {

using Json = nlohmann::json;

struct Names {
    bus::Strings tags;
    bus::Strings digests;
};

std::map<Digest, Names> names_of_images(store::Store& store) {
    std::map<Digest, Names> names;
    for (const auto& reference : store.references()) {
        const bool digest = reference.reference.find('@') != std::string::npos;
        Names& of = names[reference.image];
        (digest ? of.digests : of.tags).push_back(reference.reference);
    }
    return names;
}

std::map<std::string, std::uint32_t> containers_of_images(store::Store& store) {
    std::map<std::string, std::uint32_t> counts;
    for (const auto& container : store.containers())
        ++counts[container.image_id];
    return counts;
}

bus::Dict row_of(const store::ImageRecord& image, const Names& names, std::uint32_t containers) {
    return {{"id", image.id.str()},
            {"tags", names.tags},
            {"digests", names.digests},
            {"created", static_cast<std::uint64_t>(std::max<store::Usec>(image.created, 0))},
            {"size", image.size},
            {"labels", image.labels},
            {"dangling", names.tags.empty()},
            {"containers", containers},
            {"architecture", image.architecture},
            {"os", image.os}};
}

Json set_of(const std::vector<std::string>& names) {
    Json set = Json::object();
    for (const std::string& name : names)
        set[name] = Json::object();
    return set;
}

Json list_or_null(const std::vector<std::string>& list) {
    return list.empty() ? Json() : Json(list);
}

Json config_of(const spec::ImageConfig& config) {
    Json json = {{"User", config.user},
                 {"Env", list_or_null(config.env)},
                 {"Cmd", list_or_null(config.cmd)},
                 {"Entrypoint", list_or_null(config.entrypoint)},
                 {"WorkingDir", config.working_dir},
                 {"Labels", config.labels.empty() ? Json() : Json(config.labels)},
                 {"OnBuild", list_or_null(config.on_build)}};
    if (!config.exposed_ports.empty()) json["ExposedPorts"] = set_of(config.exposed_ports);
    if (!config.volumes.empty()) json["Volumes"] = set_of(config.volumes);
    if (!config.stop_signal.empty()) json["StopSignal"] = config.stop_signal;
    if (!config.shell.empty()) json["Shell"] = config.shell;
    return json;
}

Json layer_digests(const spec::ImageConfig& config) {
    Json layers = Json::array();
    for (const Digest& diff : config.diff_ids)
        layers.push_back(diff.str());
    return layers;
}

std::string docker_json(store::Store& store, const Digest& id, const spec::ImageConfig& config) {
    const store::ImageRecord record = store.image(id);
    const Names names = names_of_images(store)[id];
    const Json json = {
        {"Id", id.str()},
        {"RepoTags", names.tags},
        {"RepoDigests", names.digests},
        {"Parent", ""},
        {"Comment", config.history.empty() ? "" : config.history.back().comment},
        {"Created", config.created},
        {"Author", config.author},
        {"Architecture", config.architecture},
        {"Variant", config.variant},
        {"Os", config.os},
        {"Size", record.size},
        {"Config", config_of(config)},
        {"RootFS", {{"Type", "layers"}, {"Layers", layer_digests(config)}}},
        {"Descriptor",
         {{"mediaType", record.manifest_media_type}, {"digest", record.manifest.str()}}},
        {"Metadata", {{"LastTagTime", base::format_rfc3339(record.added)}}}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::vector<bus::Dict> image_rows(store::Store& store) {
    auto names = names_of_images(store);
    auto containers = containers_of_images(store);
    std::vector<bus::Dict> rows;
    for (const auto& image : store.images()) {
        rows.push_back(row_of(image, names[image.id], containers[image.id.str()]));
    }
    return rows;
}

std::string inspect_image(store::Store& store, const Digest& id, const std::string& format) {
    const spec::ImageConfig config = container::read_image_config(id);
    if (format == "docker" || format.empty()) return docker_json(store, id, config);
    if (format == "oci") return config.raw;
    throw Error(ErrorCode::InvalidArgument, "an image can be shown as 'docker' or 'oci'");
}

std::vector<bus::Dict> image_history(store::Store& store, const Digest& id) {
    const spec::ImageConfig config = container::read_image_config(id);
    const auto layers = store.image_layers(id);
    std::vector<bus::Dict> rows;
    std::size_t layer = 0;
    for (const auto& entry : config.history) {
        const bool has_layer = !entry.empty_layer && layer < layers.size();
        const std::uint64_t size = has_layer ? layers[layer++].size : 0;
        const auto created = base::parse_rfc3339(entry.created).value_or(0);
        rows.push_back({{"id", "<missing>"},
                        {"created", static_cast<std::uint64_t>(std::max<std::int64_t>(created, 0))},
                        {"created_by", entry.created_by},
                        {"size", size},
                        {"comment", entry.comment},
                        {"tags", bus::Strings{}}});
    }
    std::reverse(rows.begin(), rows.end());
    if (!rows.empty()) {
        rows.front().set("id", id.str());
        rows.front().set("tags", names_of_images(store)[id].tags);
    }
    return rows;
}

} // namespace berth::daemon
