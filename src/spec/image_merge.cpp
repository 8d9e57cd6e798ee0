// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image_merge.hpp"

#include <algorithm>

#include <base/strings.hpp>
#include <spec/config_reader.hpp>
#include <spec/mount_syntax.hpp>
#include <spec/port_syntax.hpp>
#include <spec/signal.hpp>

namespace berth::spec {

namespace {

constexpr std::uint64_t kLargestId = 2147483647;

std::string_view key_of(std::string_view entry) {
    return entry.substr(0, entry.find('='));
}

void merge_command(ContainerSpec& spec, const ImageConfig& image, bool entrypoint_given) {
    if (!entrypoint_given) {
        if (spec.command.empty()) spec.command = image.cmd;
        spec.entrypoint = image.entrypoint;
    }
    if (spec.entrypoint.empty() && spec.command.empty()) {
        throw Error(ErrorCode::InvalidArgument,
                    "no command specified: the image names none, so give one after the image");
    }
}

void merge_environment(ContainerSpec& spec, const ImageConfig& image) {
    std::vector<std::string> env;
    // An image may be built by a tool that wrote entries without "="; those define nothing.
    for (const auto& entry : image.env) {
        if (entry.find('=') != std::string::npos && entry[0] != '=') merge_env(env, {entry});
    }
    merge_env(env, spec.env);
    const bool has_path = std::any_of(
        env.begin(), env.end(), [](const std::string& entry) { return key_of(entry) == "PATH"; });
    if (!has_path) env.insert(env.begin(), kDefaultPath);
    spec.env = std::move(env);
}

void merge_volumes(ContainerSpec& spec, const ImageConfig& image) {
    for (const auto& path : image.volumes) {
        const std::string target = clean_target("volume", "/" + path);
        const bool taken = std::any_of(spec.mounts.begin(), spec.mounts.end(),
                                       [&](const Mount& mount) { return mount.target == target; });
        if (taken) continue;
        spec.mounts.push_back({.kind = MountKind::Volume, .target = target, .from_image = true});
    }
}

void merge_ports(ContainerSpec& spec, const ImageConfig& image) {
    for (const auto& port : image.exposed_ports) {
        for (auto& name : parse_expose("expose", port))
            spec.exposed.push_back(std::move(name));
    }
    for (const auto& port : spec.ports)
        spec.exposed.push_back(port_name(port));
    std::sort(spec.exposed.begin(), spec.exposed.end());
    spec.exposed.erase(std::unique(spec.exposed.begin(), spec.exposed.end()), spec.exposed.end());
}

void merge_labels(ContainerSpec& spec, const ImageConfig& image) {
    for (const auto& [key, value] : image.labels)
        spec.labels.emplace(key, value);
}

void merge_working_dir(ContainerSpec& spec, const ImageConfig& image) {
    const std::string& path = spec.working_dir.empty() ? image.working_dir : spec.working_dir;
    if (path.empty()) return;
    if (path[0] != '/') {
        throw Error(ErrorCode::InvalidArgument, "the working directory '" + base::printable(path) +
                                                    "' is invalid: it must be an absolute path");
    }
    spec.working_dir = clean_path(path);
}

std::vector<std::string> merge_stop_signal(ContainerSpec& spec, const ImageConfig& image) {
    if (!spec.stop_signal.empty() || image.stop_signal.empty()) return {};
    const auto signal = parse_signal(image.stop_signal);
    if (!signal) {
        return {"the image's stop signal '" + base::printable(image.stop_signal).substr(0, 64) +
                "' is unknown; SIGTERM is used"};
    }
    spec.stop_signal = signal_name(*signal);
    return {};
}

/// Strings of an image's JSON may hold null bytes, which no program can get.
void check_image_texts(const ImageConfig& image) {
    for (const auto* list : {&image.env, &image.entrypoint, &image.cmd, &image.volumes}) {
        if (list->size() > kMaxConfigEntries) {
            throw Error(ErrorCode::InvalidArgument,
                        "the image's configuration has a list of more than " +
                            std::to_string(kMaxConfigEntries) + " entries");
        }
        for (const auto& text : *list) {
            if (text.find('\0') == std::string::npos && text.size() <= kMaxConfigText) continue;
            throw Error(ErrorCode::InvalidArgument,
                        "the image's configuration has a text with a null byte or longer than "
                        "128 KiB");
        }
    }
    if (image.labels.size() > kMaxConfigEntries || image.exposed_ports.size() > kMaxConfigEntries) {
        throw Error(ErrorCode::InvalidArgument,
                    "the image's configuration has too many labels or ports");
    }
}

bool is_account(std::string_view text) {
    if (text.empty() || text.size() > 256) return false;
    if (text.find_first_not_of("0123456789") == std::string_view::npos) {
        return base::parse_number(text, kLargestId).has_value();
    }
    // What a passwd file's name field can't hold, and what would be read as a number with a sign.
    const bool odd = std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte == 0x7f || c == ':' || c == '/';
    });
    return !odd && text[0] != '-' && text[0] != '+';
}

} // namespace

void merge_env(std::vector<std::string>& env, const std::vector<std::string>& entries) {
    for (const auto& entry : entries) {
        const auto same = std::find_if(env.begin(), env.end(), [&](const std::string& known) {
            return key_of(known) == key_of(entry);
        });
        if (entry.find('=') == std::string::npos) {
            if (same != env.end()) env.erase(same);
        } else if (same != env.end()) {
            *same = entry;
        } else {
            env.push_back(entry);
        }
    }
}

void check_user(const std::string& user, const std::string& origin) {
    if (user.empty()) return;
    const std::size_t colon = user.find(':');
    const bool fits =
        is_account(std::string_view(user).substr(0, colon)) &&
        (colon == std::string::npos || is_account(std::string_view(user).substr(colon + 1)));
    if (fits) return;
    throw Error(ErrorCode::InvalidArgument,
                "invalid user '" + base::printable(user.substr(0, 128)) + "' (" + origin +
                    "): expected NAME[:GROUP] or UID[:GID] with numbers up to 2147483647");
}

std::vector<std::string> merge_image(ContainerSpec& spec, const ImageConfig& image,
                                     bool entrypoint_given) {
    check_image_texts(image);
    merge_command(spec, image, entrypoint_given);
    merge_environment(spec, image);
    merge_volumes(spec, image);
    merge_ports(spec, image);
    merge_labels(spec, image);
    merge_working_dir(spec, image);
    if (spec.user.empty()) {
        spec.user = image.user;
        check_user(spec.user, "the image's");
    }
    return merge_stop_signal(spec, image);
}

} // namespace berth::spec
