// SPDX-License-Identifier: LGPL-2.1-or-later
// Headers of a registry: the first line of the input is a challenge, the second an address it sends
// us to. What is understood of them holds nothing that could split a request.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <plugins/registry/distribution/challenge.hpp>
#include <plugins/registry/distribution/url.hpp>

#include <berth/error.hpp>

namespace berth::distribution {
namespace {

void require(bool truth) {
    if (!truth) std::abort();
}

void check_url(const Url& url) {
    const std::string text = url.str();
    require(text.find_first_of(std::string_view("\r\n \0", 4)) == std::string::npos);
    require(url.scheme == "http" || url.scheme == "https");
    require(!url.host.empty() && url.path[0] == '/');
    require(parse_url(text).same_origin(url));
}

void read_location(std::string_view text) {
    const Url base{"https", "registry.example:5000", "/v2/a/blobs/uploads/1?x=y"};
    check_url(resolve_url(base, text));
}

void read_challenge(std::string_view text) {
    const auto challenge = parse_challenge(text);
    if (!challenge) return;
    require(challenge->scheme == "bearer" || challenge->scheme == "basic");
    Url realm = parse_url(challenge->get("realm"));
    realm.path = with_query(realm.path, "service", challenge->get("service"));
    check_url(realm);
}

} // namespace
} // namespace berth::distribution

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t line = text.find('\n');
    try {
        berth::distribution::read_challenge(text.substr(0, line));
    } catch (const berth::Error& error) {
        if (error.code() != berth::ErrorCode::Corrupt) std::abort();
    }
    if (line == std::string_view::npos) return 0;
    try {
        berth::distribution::read_location(text.substr(line + 1));
    } catch (const berth::Error& error) {
        if (error.code() != berth::ErrorCode::Corrupt) std::abort();
    }
    return 0;
}
