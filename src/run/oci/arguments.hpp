// SPDX-License-Identifier: LGPL-2.1-or-later
// The command line as container managers write it for an OCI runtime: "--name value",
// "--name=value", one dash as good as two, letters that may be joined ("-td"). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth::run::oci {

struct Option {
    std::string_view name;
    char letter = 0;             ///< 0: none
    std::string_view value = {}; ///< what it takes, for the help: "PATH"; empty: a switch
    std::string_view help = {};
};

enum class Order {
    Any,          ///< options may stand behind other arguments
    OptionsFirst, ///< what follows the first argument that is no option is left alone
};

class Arguments {
  public:
    /// InvalidArgument for an unknown option, one without its value, or a switch that is neither
    /// true nor false.
    static Arguments parse(std::span<const Option> known, const std::vector<std::string>& words,
                           Order order);

    [[nodiscard]] bool has(std::string_view name) const;
    /// A switch that is on.
    [[nodiscard]] bool is_on(std::string_view name) const;
    /// The last value given.
    [[nodiscard]] std::string text(std::string_view name, std::string_view fallback = "") const;
    [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
    /// InvalidArgument unless it is a whole number of at most `limit`.
    [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name,
                                                      std::uint64_t limit = UINT64_MAX) const;
    /// The same with "-1" allowed.
    [[nodiscard]] std::optional<std::int64_t> signed_number(std::string_view name) const;

    [[nodiscard]] const std::vector<std::string>& rest() const noexcept { return rest_; }
    /// The only argument; InvalidArgument says `what` is missing or that there is more.
    [[nodiscard]] const std::string& only(std::string_view what) const;

  private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
    std::vector<std::string> rest_;
};

} // namespace berth::run::oci
