// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_config.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <base/hash.hpp>
#include <base/json_view.hpp>
#include <spec/manifest.hpp>

namespace berth::spec {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxHistory = 4096;

void read_run_config(const base::JsonView& view, ImageConfig& config) {
    config.user = view.text("User");
    config.exposed_ports = view.keys_of("ExposedPorts");
    config.env = view.texts("Env");
    config.entrypoint = view.texts("Entrypoint");
    config.cmd = view.texts("Cmd");
    config.volumes = view.keys_of("Volumes");
    config.working_dir = view.text("WorkingDir");
    config.labels = view.text_map("Labels");
    config.stop_signal = view.text("StopSignal");
    config.shell = view.texts("Shell");
    config.on_build = view.texts("OnBuild");
}

void read_layers(const base::JsonView& view, ImageConfig& config) {
    if (!view.has("rootfs")) view.fail("rootfs", "is missing");
    const base::JsonView rootfs = view.object("rootfs");
    if (rootfs.text("type") != "layers") rootfs.fail("type", "is not \"layers\"");
    const auto diffs = rootfs.texts("diff_ids");
    if (diffs.size() > kMaxLayers) {
        rootfs.fail("diff_ids", "has more than " + std::to_string(kMaxLayers) + " layers");
    }
    for (const auto& diff : diffs) {
        try {
            config.diff_ids.emplace_back(diff);
        } catch (const Error& error) {
            rootfs.fail("diff_ids", std::string("is wrong: ") + error.what());
        }
    }
}

void read_history(const base::JsonView& view, ImageConfig& config) {
    for (const auto& entry : view.objects("history", kMaxHistory)) {
        config.history.push_back({.created = entry.text("created"),
                                  .created_by = entry.text("created_by"),
                                  .author = entry.text("author"),
                                  .comment = entry.text("comment"),
                                  .empty_layer = entry.flag("empty_layer")});
    }
    const auto layers = std::count_if(config.history.begin(), config.history.end(),
                                      [](const HistoryEntry& entry) { return !entry.empty_layer; });
    if (static_cast<std::size_t>(layers) > config.diff_ids.size()) {
        view.fail("history", "tells of " + std::to_string(layers) + " layers, but there are " +
                                 std::to_string(config.diff_ids.size()));
    }
}

/// Sets the member, or takes it away when there is nothing to say.
template <class T>
void put_filled(Json& object, const char* key, const T& value) {
    if (value.empty()) {
        object.erase(key);
    } else {
        object[key] = value;
    }
}

void put_keys(Json& object, const char* key, const std::vector<std::string>& names) {
    Json set = Json::object();
    for (const auto& name : names)
        set[name] = Json::object();
    put_filled(object, key, set);
}

Json dump_run_config(const ImageConfig& config, Json json) {
    if (!json.is_object()) json = Json::object();
    put_filled(json, "User", config.user);
    put_keys(json, "ExposedPorts", config.exposed_ports);
    put_filled(json, "Env", config.env);
    put_filled(json, "Entrypoint", config.entrypoint);
    put_filled(json, "Cmd", config.cmd);
    put_keys(json, "Volumes", config.volumes);
    put_filled(json, "WorkingDir", config.working_dir);
    put_filled(json, "Labels", config.labels);
    put_filled(json, "StopSignal", config.stop_signal);
    put_filled(json, "Shell", config.shell);
    put_filled(json, "OnBuild", config.on_build);
    return json;
}

Json dump_history(const std::vector<HistoryEntry>& history) {
    Json list = Json::array();
    for (const auto& entry : history) {
        Json json = Json::object();
        put_filled(json, "created", entry.created);
        put_filled(json, "created_by", entry.created_by);
        put_filled(json, "author", entry.author);
        put_filled(json, "comment", entry.comment);
        if (entry.empty_layer) json["empty_layer"] = true;
        list.push_back(std::move(json));
    }
    return list;
}

} // namespace

ImageConfig parse_image_config(std::string_view text) {
    const Json document = base::parse_json(text, kConfigLimit, "the image's configuration");
    const base::JsonView view(document, "configuration");
    ImageConfig config;
    config.created = view.text("created");
    config.author = view.text("author");
    config.architecture = view.text("architecture");
    config.os = view.text("os");
    config.variant = view.text("variant");
    if (view.has("config")) read_run_config(view.object("config"), config);
    read_layers(view, config);
    read_history(view, config);
    config.raw = text;
    return config;
}

std::string dump_image_config(const ImageConfig& config) {
    Json json = config.raw.empty()
                    ? Json::object()
                    : base::parse_json(config.raw, kConfigLimit, "the image's configuration");
    put_filled(json, "created", config.created);
    put_filled(json, "author", config.author);
    json["architecture"] = config.architecture;
    json["os"] = config.os;
    put_filled(json, "variant", config.variant);
    json["config"] = dump_run_config(config, json.value("config", Json::object()));
    Json diffs = Json::array();
    for (const auto& diff : config.diff_ids)
        diffs.push_back(diff.str());
    json["rootfs"] = {{"type", "layers"}, {"diff_ids", std::move(diffs)}};
    const Json history = dump_history(config.history);
    put_filled(json, "history", history);
    return json.dump();
}

std::vector<LayerId> chain_ids(const std::vector<Digest>& diff_ids) {
    std::vector<LayerId> chain;
    std::string above;
    for (const auto& diff : diff_ids) {
        above = above.empty() ? diff.str() : base::sha256(above + " " + diff.str()).str();
        chain.emplace_back(above.substr(7));
    }
    return chain;
}

} // namespace berth::spec
