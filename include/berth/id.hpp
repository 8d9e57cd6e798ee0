// SPDX-License-Identifier: LGPL-2.1-or-later
// Strong types for what is named by 64 hexadecimal digits. They are values, cheap to copy, ordered,
// usable as map keys, and can't be mixed up with each other or with any other string.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <berth/error.hpp>

namespace berth {

/// True for exactly 64 lower-case hexadecimal digits.
inline bool is_hex64(std::string_view text) noexcept {
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A 64-digit identifier; Tag only keeps the kinds apart.
template <class Tag>
class HexId {
  public:
    /// Throws InvalidArgument unless `hex` is 64 lower-case hexadecimal digits.
    explicit HexId(std::string hex) : hex_(std::move(hex)) {
        if (!is_hex64(hex_)) {
            throw Error(ErrorCode::InvalidArgument,
                        "'" + hex_.substr(0, 80) +
                            "' is not an identifier of 64 hexadecimal digits");
        }
    }

    [[nodiscard]] const std::string& str() const noexcept { return hex_; }
    /// The first 12 digits, as tables show it.
    [[nodiscard]] std::string brief() const { return hex_.substr(0, 12); }

    auto operator<=>(const HexId&) const = default;

  private:
    std::string hex_;
};

/// A container, random, chosen at creation.
using ContainerId = HexId<struct ContainerIdTag>;
/// A layer in a storage driver: the chain id of an image layer, or the id of a container for its
/// writable layer. Source: OCI image-spec, config.md, "Layer ChainID".
using LayerId = HexId<struct LayerIdTag>;
/// A network, random, chosen at creation.
using NetworkId = HexId<struct NetworkIdTag>;

/// "sha256:" and 64 hexadecimal digits: the only algorithm berth accepts. An image is named by the
/// digest of its configuration. Source: OCI image-spec, descriptor.md, "Digests".
class Digest {
  public:
    /// Throws InvalidArgument unless `text` is "sha256:" followed by 64 lower-case digits.
    explicit Digest(std::string text) : text_(std::move(text)) {
        if (text_.size() != 71 || text_.compare(0, 7, "sha256:") != 0 ||
            !is_hex64(std::string_view(text_).substr(7))) {
            throw Error(ErrorCode::InvalidArgument, "'" + text_.substr(0, 80) +
                                                        "' is not a digest of the form "
                                                        "sha256:<64 hexadecimal digits>");
        }
    }
    /// From the 64 digits alone.
    static Digest from_hex(const std::string& hex) { return Digest("sha256:" + hex); }

    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    /// Without "sha256:".
    [[nodiscard]] std::string hex() const { return text_.substr(7); }
    /// The first 12 digits, as tables show it.
    [[nodiscard]] std::string brief() const { return text_.substr(7, 12); }

    auto operator<=>(const Digest&) const = default;

  private:
    std::string text_;
};

} // namespace berth

template <class Tag>
struct std::hash<berth::HexId<Tag>> {
    std::size_t operator()(const berth::HexId<Tag>& id) const noexcept {
        return std::hash<std::string>()(id.str());
    }
};
template <>
struct std::hash<berth::Digest> {
    std::size_t operator()(const berth::Digest& digest) const noexcept {
        return std::hash<std::string>()(digest.str());
    }
};
