// SPDX-License-Identifier: LGPL-2.1-or-later
// The patterns of .dockerignore and of COPY --exclude, matched as docker matches them: the last
// pattern that matches a path or one of its parents decides, `!` takes back.
// Source: moby/patternmatcher; https://docs.docker.com/build/concepts/context/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::dockerfile {

/// "a/../b//c/." as "b/c"; "." for nothing. Never leaves the top.
[[nodiscard]] std::string clean_relative(std::string_view path);

/// One pattern against a whole path: `*` and `?` stay within a name, `**` does not, [a-z], [^a],
/// `\` before what is meant as it is.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view path);

class IgnoreList {
  public:
    IgnoreList() = default;
    /// The lines of a .dockerignore file. InvalidArgument for a pattern that is none.
    [[nodiscard]] static IgnoreList parse(std::string_view text);
    void add(std::string_view pattern);

    [[nodiscard]] bool empty() const noexcept { return patterns_.empty(); }
    /// Whether a path (relative, clean) is left out.
    [[nodiscard]] bool ignores(const std::string& path) const;
    /// Whether something below an ignored directory may be taken back.
    [[nodiscard]] bool may_take_back() const;

  private:
    struct Pattern {
        std::string text;
        bool takes_back = false;
    };
    std::vector<Pattern> patterns_;
};

} // namespace berth::dockerfile
