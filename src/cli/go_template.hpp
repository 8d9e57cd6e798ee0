// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of Go's text/template that docker's --format uses, over JSON:
//     {{.Field.Sub}} {{index .Map "a.b"}} {{json .}} {{printf "%-10s" .Name}} {{.A | upper}}
//     {{if eq .State "running"}}..{{else if ..}}..{{else}}..{{end}}  {{with .X}}..{{end}}
//     {{range $i, $v := .List}}..{{else}}..{{end}} {{break}} {{continue}}  {{$x := .A}} {{- trim
//     -}}
//     {{/* comment */}}  ( nested "calls" )
// Functions: and or not eq ne lt le gt ge index slice len json join split lower upper title pad
// truncate print println printf html js urlquery (docker's and Go's own).
// A field the top object does not have is an error that names those it has; deeper ones are empty.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace berth::cli {

namespace go {
struct Node;
}

/// What the top object can be asked with one argument: `{{.Label "a.b"}}`.
using GoMethods = std::map<std::string, std::function<std::string(const std::string&)>>;

class GoTemplate {
  public:
    static constexpr std::size_t kMaxSource = 64U << 10U;
    static constexpr std::size_t kMaxOutput = 64U << 20U;

    /// Throws InvalidArgument: "template: 1:7: ...".
    explicit GoTemplate(std::string_view source);
    GoTemplate(GoTemplate&&) noexcept;
    GoTemplate& operator=(GoTemplate&&) noexcept;
    ~GoTemplate();

    [[nodiscard]] std::string render(const nlohmann::json& data,
                                     const GoMethods& methods = {}) const;

  private:
    std::unique_ptr<go::Node> root_;
};

/// Text as `--format` takes it from a shell: \t, \n, \\ and \" become what they stand for, outside
/// of {{ }} only (inside, strings have escapes of their own).
[[nodiscard]] std::string unescape_format(std::string_view format);

} // namespace berth::cli
