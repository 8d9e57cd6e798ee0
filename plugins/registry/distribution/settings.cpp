// SPDX-License-Identifier: LGPL-2.1-or-later
#include "settings.hpp"

#include <cstdlib>
#include <optional>

#include <berth_config.hpp>
#include <fcntl.h>
#include <nlohmann/json.hpp>

#include <base/dir.hpp>
#include <base/json_view.hpp>

namespace berth::distribution {

namespace {

constexpr std::uint64_t kMaxPem = 1U << 20U;

std::string config_dir() {
    const char* value = ::secure_getenv("BERTH_CONFIG_DIR");
    return value != nullptr && *value != '\0' ? value : BERTH_CONFIG_DIR;
}

void read_number(const base::JsonView& view, const char* key, long& value, long low, long high) {
    if (!view.has(key)) return;
    const std::uint64_t number = view.number(key);
    if (number < static_cast<std::uint64_t>(low) || number > static_cast<std::uint64_t>(high)) {
        view.fail(key, "must be from " + std::to_string(low) + " to " + std::to_string(high));
    }
    value = static_cast<long>(number);
}

bool ends_with(const std::string& text, const std::string& end) {
    return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::optional<base::Dir> open_if_there(const std::string& path) {
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return std::nullopt;
    return base::Dir(std::move(fd));
}

Certificates read_certificates(const base::Dir& dir, const std::string& path) {
    Certificates found{.directory = path};
    for (const auto& name : dir.list()) {
        if (ends_with(name, ".crt")) {
            found.authorities += dir.read(name, kMaxPem) + "\n";
        } else if (ends_with(name, ".cert") && found.client_certificate.empty()) {
            found.client_certificate = path + "/" + name;
            found.client_key = path + "/" + name.substr(0, name.size() - 5) + ".key";
        }
    }
    return found;
}

} // namespace

Settings parse_settings(const std::string& config_json) {
    const auto json = base::parse_json(config_json.empty() ? "{}" : config_json, 1U << 20U,
                                       "[registry.distribution]", ErrorCode::InvalidArgument);
    const base::JsonView view(json, "registry.distribution", ErrorCode::InvalidArgument);
    view.only({"insecure", "mirrors", "certificates", "connect-seconds", "stall-seconds",
               "stall-bytes", "upload-chunk"});
    Settings settings;
    for (auto& host : view.texts("insecure"))
        settings.insecure.insert(std::move(host));
    if (view.has("mirrors")) {
        const base::JsonView mirrors = view.object("mirrors");
        for (const auto& host : view.keys_of("mirrors")) {
            settings.mirrors[host] = mirrors.texts(host.c_str());
        }
    }
    settings.certificate_dirs = view.texts("certificates");
    for (const auto& path : {config_dir() + "/certs.d", std::string("/etc/docker/certs.d"),
                             std::string("/etc/containers/certs.d")}) {
        settings.certificate_dirs.push_back(path);
    }
    read_number(view, "connect-seconds", settings.connect_seconds, 1, 600);
    read_number(view, "stall-seconds", settings.stall_seconds, 1, 3600);
    read_number(view, "stall-bytes", settings.stall_bytes, 1, 1L << 30);
    read_number(view, "upload-chunk", settings.upload_chunk, 1L << 16, 1L << 40);
    return settings;
}

Certificates find_certificates(const Settings& settings, const std::string& host) {
    for (const auto& parent : settings.certificate_dirs) {
        const std::string path = parent + "/" + host;
        if (const auto dir = open_if_there(path)) return read_certificates(*dir, path);
    }
    return {};
}

bool is_loopback(const std::string& host) {
    std::string name = host;
    const std::size_t colon = name.rfind(':');
    if (!name.empty() && name.back() != ']' && colon != std::string::npos) name.resize(colon);
    if (name == "localhost" || name == "[::1]") return true;
    return name.compare(0, 4, "127.") == 0 &&
           name.find_first_not_of("0123456789.") == std::string::npos;
}

} // namespace berth::distribution
