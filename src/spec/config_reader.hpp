// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads a ConfigMap key by key with types and bounds, and refuses keys nobody asked for.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <berth/error.hpp>
#include <spec/config_map.hpp>

namespace berth::spec {

/// "invalid value 'VALUE' for --FLAG: EXPECTED", an InvalidArgument. The value is made printable
/// and cut.
[[nodiscard]] Error bad_value(std::string_view flag, std::string_view value,
                              std::string_view expected);

/// The most entries of one list or map, and the most bytes of one text.
inline constexpr std::size_t kMaxConfigEntries = 4096;
inline constexpr std::size_t kMaxConfigText = 128U << 10U;
/// A seccomp profile is given as its text.
inline constexpr std::size_t kMaxConfigProfile = 1U << 20U;

class ConfigReader {
  public:
    explicit ConfigReader(const ConfigMap& config) : config_(config) {}

    /// False, empty or absent when there is no such key; InvalidArgument for a wrong type.
    [[nodiscard]] bool flag(const std::string& key);
    [[nodiscard]] std::string text(const std::string& key);
    [[nodiscard]] std::vector<std::string> list(const std::string& key);
    [[nodiscard]] std::map<std::string, std::string> map(const std::string& key);
    [[nodiscard]] bool has(const std::string& key) const { return config_.contains(key); }
    /// InvalidArgument naming the first key that was never read.
    void refuse_others() const;

  private:
    template <class T>
    const T* find(const std::string& key, const char* type);

    const ConfigMap& config_;
    std::set<std::string> read_;
};

} // namespace berth::spec
