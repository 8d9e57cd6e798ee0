// SPDX-License-Identifier: LGPL-2.1-or-later
#include "auth.hpp"

#include <map>

#include <nlohmann/json.hpp>

#include <base/dir.hpp>
#include <base/file.hpp>
#include <base/json_view.hpp>
#include <image/file_lock.hpp>
#include <store/tree.hpp>

namespace berth::image {

namespace {

constexpr std::uint64_t kMaxFile = 1U << 20U;

using Auths = std::map<std::string, RegistryCredentials>;

std::string file_name(std::uint32_t uid) {
    return std::to_string(uid) + ".json";
}

base::Dir open_auth_dir() {
    base::make_directories(store::auth_dir(), 0700);
    return base::Dir::open(store::auth_dir());
}

Auths read_auths(const base::Dir& dir, std::uint32_t uid) {
    const std::string name = file_name(uid);
    if (!dir.exists(name)) return {};
    const auto json = base::parse_json(dir.read(name, kMaxFile), kMaxFile, "auth/" + name);
    const base::JsonView view(json, "auth");
    Auths auths;
    if (!view.has("auths")) return auths;
    const base::JsonView hosts = view.object("auths");
    for (const auto& host : view.keys_of("auths")) {
        const base::JsonView entry = hosts.object(host.c_str());
        auths[host] = {.user = entry.text("user"), .secret = entry.text("secret")};
    }
    return auths;
}

void write_auths(const base::Dir& dir, std::uint32_t uid, const Auths& auths) {
    nlohmann::json hosts = nlohmann::json::object();
    for (const auto& [host, credentials] : auths) {
        hosts[host] = {{"user", credentials.user}, {"secret", credentials.secret}};
    }
    dir.write_atomically(file_name(uid), nlohmann::json{{"auths", hosts}}.dump(), 0600);
}

FileLock lock_auths(std::uint32_t uid) {
    return FileLock(store::auth_dir() + "/." + std::to_string(uid) + ".lock");
}

} // namespace

std::optional<RegistryCredentials> find_credentials(std::uint32_t uid, const std::string& host) {
    const auto auths = read_auths(open_auth_dir(), uid);
    const auto found = auths.find(host);
    return found == auths.end() ? std::nullopt : std::optional(found->second);
}

void keep_credentials(std::uint32_t uid, const std::string& host,
                      const RegistryCredentials& credentials) {
    const base::Dir dir = open_auth_dir();
    FileLock lock = lock_auths(uid);
    Auths auths = read_auths(dir, uid);
    auths[host] = credentials;
    write_auths(dir, uid, auths);
    lock.remove();
}

bool forget_credentials(std::uint32_t uid, const std::string& host) {
    const base::Dir dir = open_auth_dir();
    FileLock lock = lock_auths(uid);
    Auths auths = read_auths(dir, uid);
    const bool there = auths.erase(host) != 0;
    if (there) write_auths(dir, uid, auths);
    lock.remove();
    return there;
}

std::vector<std::string> hosts_with_credentials(std::uint32_t uid) {
    std::vector<std::string> hosts;
    for (const auto& [host, credentials] : read_auths(open_auth_dir(), uid))
        hosts.push_back(host);
    return hosts;
}

} // namespace berth::image
