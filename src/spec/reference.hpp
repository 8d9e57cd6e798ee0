// SPDX-License-Identifier: LGPL-2.1-or-later
// Names of images: "debian:12", "localhost:5000/me/web@sha256:...", "dir:/srv/images/busybox:1".
// Source: distribution/reference, reference.go (grammar) and normalize.go (short names); the `dir:`
// form is berth's own and names an OCI image layout on this machine.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <berth/id.hpp>

namespace berth::spec {

inline constexpr const char* kDefaultRegistry = "docker.io";

struct Reference {
    std::string plugin;     ///< registry plugin: "distribution" or "directory"
    std::string host;       ///< "docker.io", "localhost:5000"; for `directory` the layout's path
    std::string repository; ///< "library/debian"; for `directory` empty
    std::string tag;        ///< may be empty
    std::optional<Digest> digest;

    /// As docker shows it: "debian:12".
    [[nodiscard]] std::string familiar() const;
    /// In full: "docker.io/library/debian:12". Parses back to the same.
    [[nodiscard]] std::string canonical() const;
    /// canonical() without tag and digest: "docker.io/library/debian".
    [[nodiscard]] std::string name() const;
    /// familiar() without tag and digest: "debian".
    [[nodiscard]] std::string familiar_name() const;
    /// What to ask a registry for: the digest where there is one, else the tag, else "latest".
    [[nodiscard]] std::string tag_or_digest() const;
    /// The same name with tag "latest" if it has neither tag nor digest.
    [[nodiscard]] Reference with_default_tag() const;

    bool operator==(const Reference&) const = default;
};

/// InvalidArgument with what is wrong, as docker would find it.
[[nodiscard]] Reference parse_reference(std::string_view text);
/// Is it a tag: a letter, digit or "_", then up to 127 of those, "." and "-".
[[nodiscard]] bool is_tag(std::string_view text) noexcept;
/// Is it a registry's host, with an optional port: "registry.example.org:5000", "[::1]:5000".
[[nodiscard]] bool is_registry_host(std::string_view text) noexcept;
/// Does the host name this machine's loopback: localhost, 127.0.0.0/8, ::1, with any port.
[[nodiscard]] bool is_loopback_host(std::string_view host) noexcept;

} // namespace berth::spec
