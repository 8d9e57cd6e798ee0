// SPDX-License-Identifier: LGPL-2.1-or-later
#include "url.hpp"

#include <algorithm>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::distribution {

namespace {

constexpr std::size_t kMaxUrl = 16384;

[[noreturn]] void refuse(std::string_view text, const char* why) {
    throw Error(ErrorCode::Corrupt, "the registry answered with the address '" +
                                        base::printable(text.substr(0, 200)) + "', which " + why);
}

std::string port_of(const Url& url) {
    const std::size_t colon = url.host.rfind(':');
    const std::size_t bracket = url.host.rfind(']');
    const bool has_port =
        colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
    if (has_port) return url.host.substr(colon + 1);
    return url.scheme == "https" ? "443" : "80";
}

std::string name_of(const Url& url) {
    const std::size_t colon = url.host.rfind(':');
    const std::size_t bracket = url.host.rfind(']');
    const bool has_port =
        colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
    return base::to_lower(has_port ? url.host.substr(0, colon) : url.host);
}

} // namespace

bool Url::same_origin(const Url& other) const {
    return scheme == other.scheme && name_of(*this) == name_of(other) &&
           port_of(*this) == port_of(other);
}

Url parse_url(std::string_view text) {
    if (text.size() > kMaxUrl) refuse(text, "is too long");
    const bool odd = std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\';
    });
    if (odd) refuse(text, "has characters that are not allowed");
    const std::size_t end = text.find("://");
    Url url;
    if (end != std::string_view::npos) url.scheme = base::to_lower(text.substr(0, end));
    if (url.scheme != "https" && url.scheme != "http") refuse(text, "is neither https nor http");
    text.remove_prefix(end + 3);
    text = text.substr(0, text.find('#'));
    const std::size_t slash = std::min(text.find_first_of("/?"), text.size());
    url.host = text.substr(0, slash);
    url.path = text.substr(slash);
    if (url.path.empty() || url.path[0] != '/') url.path.insert(0, "/");
    if (url.host.empty()) refuse(text, "names no host");
    if (url.host.find('@') != std::string::npos) refuse("...", "carries a user name");
    return url;
}

Url resolve_url(const Url& base, std::string_view location) {
    if (location.empty()) refuse(location, "is empty");
    if (location.find("://") != std::string_view::npos) return parse_url(location);
    if (location.substr(0, 2) == "//") return parse_url(base.scheme + ":" + std::string(location));
    if (location[0] == '/') {
        return parse_url(base.scheme + "://" + base.host + std::string(location));
    }
    std::string directory = base.path.substr(0, base.path.find('?'));
    directory.resize(directory.rfind('/') + 1);
    return parse_url(base.scheme + "://" + base.host + directory + std::string(location));
}

std::string with_query(const std::string& path, std::string_view name, std::string_view value) {
    const char separator = path.find('?') == std::string::npos ? '?' : '&';
    return path + separator + std::string(name) + "=" + escape(value);
}

std::string escape(std::string_view text) {
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    static constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string safe;
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos) {
            safe += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        safe += '%';
        safe += kHex[byte >> 4U];
        safe += kHex[byte & 15U];
    }
    return safe;
}

} // namespace berth::distribution
