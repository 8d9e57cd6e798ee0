// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reference.hpp"

#include <algorithm>

#include <base/strings.hpp>

namespace berth::spec {

namespace {

constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxText = 4096;
constexpr std::string_view kDirectory = "dir:";

constexpr bool is_lower_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
constexpr bool is_alnum(char c) noexcept {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
    throw Error(ErrorCode::InvalidArgument,
                "invalid reference '" + base::printable(text.substr(0, 120)) + "': " + why);
}

/// [a-z0-9]+ joined by one of "." "_" "__" or any number of "-".
bool is_path_component(std::string_view text) noexcept {
    std::size_t at = 0;
    for (;;) {
        const std::size_t start = at;
        while (at < text.size() && is_lower_or_digit(text[at]))
            ++at;
        if (at == start) return false;
        if (at == text.size()) return true;
        const std::size_t separator = at;
        while (at < text.size() && text[at] == text[separator])
            ++at;
        const std::size_t length = at - separator;
        const char c = text[separator];
        const bool joins = c == '-' || (c == '.' && length == 1) || (c == '_' && length <= 2);
        if (!joins) return false;
    }
}

bool is_domain_component(std::string_view text) noexcept {
    if (text.empty() || text.front() == '-' || text.back() == '-') return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-'; });
}

bool is_ipv6_literal(std::string_view text) noexcept {
    if (text.size() < 4 || text.front() != '[' || text.back() != ']') return false;
    const auto inner = text.substr(1, text.size() - 2);
    return inner.find_first_not_of("0123456789abcdefABCDEF:") == std::string_view::npos;
}

struct HostPort {
    std::string_view host;
    std::optional<std::string_view> port;
};

HostPort split_port(std::string_view text) noexcept {
    const std::size_t colon = text.rfind(':');
    const bool in_brackets = !text.empty() && text.back() == ']';
    if (colon == std::string_view::npos || in_brackets) return {text, std::nullopt};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

/// Is what stands before the first slash a host, not the first part of a repository.
bool looks_like_host(std::string_view text) {
    return text.find_first_of(".:") != std::string_view::npos || text == "localhost" ||
           base::to_lower(text) != text;
}

/// Takes "@sha256:..." off the end.
std::optional<Digest> take_digest(std::string_view whole, std::string_view& rest) {
    const std::size_t at = rest.find('@');
    if (at == std::string_view::npos) return std::nullopt;
    const std::string text(rest.substr(at + 1));
    rest = rest.substr(0, at);
    try {
        return Digest(text);
    } catch (const Error&) {
        refuse(whole, "the digest must be sha256: and 64 lower-case hexadecimal digits");
    }
}

/// Takes ":tag" off the end; a colon before a slash belongs to the host.
std::string take_tag(std::string_view whole, std::string_view& rest) {
    const std::size_t colon = rest.rfind(':');
    const std::size_t slash = rest.rfind('/');
    if (colon == std::string_view::npos) return {};
    if (slash != std::string_view::npos && colon < slash) return {};
    const std::string tag(rest.substr(colon + 1));
    rest = rest.substr(0, colon);
    if (!is_tag(tag)) {
        refuse(whole, "a tag is a letter, digit or '_', then at most 127 letters, digits, '_', "
                      "'.' or '-'");
    }
    return tag;
}

void check_layout_path(std::string_view whole, std::string_view path) {
    if (path.empty() || path.front() != '/') refuse(whole, "dir: needs an absolute path");
    for (const auto& part : base::split(path, '/')) {
        if (part == "..") refuse(whole, "the path may not contain '..'");
    }
    const bool control = std::any_of(path.begin(), path.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '@';
    });
    if (control) refuse(whole, "the path has characters that are not allowed");
}

std::string clean_path(std::string_view path) {
    std::string clean;
    for (const auto& part : base::split(path, '/')) {
        if (!part.empty() && part != ".") clean += "/" + part;
    }
    return clean.empty() ? "/" : clean;
}

Reference parse_directory(std::string_view whole) {
    std::string_view rest = whole.substr(kDirectory.size());
    Reference reference;
    reference.plugin = "directory";
    reference.digest = take_digest(whole, rest);
    reference.tag = take_tag(whole, rest);
    check_layout_path(whole, rest);
    reference.host = clean_path(rest);
    return reference;
}

void check_repository(std::string_view whole, const std::string& repository) {
    if (repository.empty()) refuse(whole, "the repository is missing");
    if (base::to_lower(repository) != repository) {
        refuse(whole, "repository names must be lower-case");
    }
    if (repository.size() > kMaxName) refuse(whole, "the repository name is too long");
    for (const auto& part : base::split(repository, '/')) {
        if (!is_path_component(part)) {
            refuse(whole, "parts of a repository name are lower-case letters and digits, joined "
                          "by '.', '_', '__' or '-'");
        }
    }
}

void split_host(std::string_view rest, Reference& reference) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || !looks_like_host(rest.substr(0, slash))) {
        reference.host = kDefaultRegistry;
        reference.repository = rest;
    } else {
        reference.host = rest.substr(0, slash);
        reference.repository = rest.substr(slash + 1);
    }
    if (reference.host == "index.docker.io") reference.host = kDefaultRegistry;
    if (reference.host == kDefaultRegistry && reference.repository.find('/') == std::string::npos &&
        !reference.repository.empty()) {
        reference.repository = "library/" + reference.repository;
    }
}

} // namespace

bool is_tag(std::string_view text) noexcept {
    if (text.empty() || text.size() > 128 || text[0] == '.' || text[0] == '-') return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; });
}

bool is_registry_host(std::string_view text) noexcept {
    const auto [host, port] = split_port(text);
    if (text.size() > kMaxName) return false;
    if (port && !base::parse_number(*port, 65535)) return false;
    if (is_ipv6_literal(host)) return true;
    std::string_view rest = host;
    for (;;) {
        const std::size_t dot = rest.find('.');
        if (!is_domain_component(rest.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        rest.remove_prefix(dot + 1);
    }
}

bool is_loopback_host(std::string_view host) noexcept {
    const auto name = split_port(host).host;
    if (name == "localhost" || name == "[::1]") return true;
    if (name.substr(0, 4) != "127.") return false;
    return name.find_first_not_of("0123456789.") == std::string_view::npos;
}

Reference parse_reference(std::string_view text) {
    if (text.empty()) refuse(text, "it is empty");
    if (text.size() > kMaxText) refuse(text, "it is too long");
    if (text.substr(0, kDirectory.size()) == kDirectory && text.size() > kDirectory.size() &&
        text[kDirectory.size()] == '/') {
        return parse_directory(text);
    }
    if (is_hex64(text)) refuse(text, "64 hexadecimal digits are an id, not a name");

    std::string_view rest = text;
    Reference reference;
    reference.plugin = "distribution";
    reference.digest = take_digest(text, rest);
    reference.tag = take_tag(text, rest);
    split_host(rest, reference);
    if (!is_registry_host(reference.host)) refuse(text, "the registry's host name is malformed");
    check_repository(text, reference.repository);
    return reference;
}

std::string Reference::name() const {
    return plugin == "directory" ? std::string(kDirectory) + host : host + "/" + repository;
}

std::string Reference::familiar_name() const {
    if (plugin == "directory" || host != kDefaultRegistry) return name();
    static constexpr std::string_view kLibrary = "library/";
    const bool official = repository.compare(0, kLibrary.size(), kLibrary) == 0 &&
                          repository.find('/', kLibrary.size()) == std::string::npos;
    return official ? repository.substr(kLibrary.size()) : repository;
}

namespace {

std::string suffix(const Reference& reference) {
    std::string text;
    if (!reference.tag.empty()) text += ":" + reference.tag;
    if (reference.digest) text += "@" + reference.digest->str();
    return text;
}

} // namespace

std::string Reference::familiar() const {
    return familiar_name() + suffix(*this);
}

std::string Reference::canonical() const {
    return name() + suffix(*this);
}

std::string Reference::tag_or_digest() const {
    if (digest) return digest->str();
    return tag.empty() ? "latest" : tag;
}

Reference Reference::with_default_tag() const {
    Reference copy = *this;
    if (tag.empty() && !digest) copy.tag = "latest";
    return copy;
}

} // namespace berth::spec
