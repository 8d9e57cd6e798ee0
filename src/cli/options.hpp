// SPDX-License-Identifier: LGPL-2.1-or-later
// The flags and arguments of one verb, read as docker reads them: `-it`, `-eA=b`, `--flag=value`,
// `--flag=false`, "--" ends the flags. The parser behind it is CLI11; only options.cpp knows.
//
//     Options options("rm", "CONTAINER...", "Remove containers");
//     options.flag("-f,--force", force, "Kill a running container first");
//     options.need(1);
//     const auto names = options.parse(arguments);
//     if (!names) return 0; // --help was asked for and answered
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <berth/error.hpp>

namespace berth::cli {

/// A command line that makes no sense; `main` names `berth VERB --help`. As with docker, a bad flag
/// ends with 125, and bad arguments with 1.
class UsageError : public Error {
  public:
    static constexpr int kBadFlag = 125;
    static constexpr int kBadArguments = 1;

    explicit UsageError(const std::string& message, int status = kBadFlag)
        : Error(ErrorCode::InvalidArgument, message), status_(status) {}
    [[nodiscard]] int status() const noexcept { return status_; }

  private:
    int status_;
};

struct Option {
    std::string short_name; ///< "-f", or empty
    std::string long_name;  ///< "--force", or empty
    std::string value;      ///< what the help calls its value; empty for a flag
    std::string help;
    std::string group; ///< the title it stands under in the help; empty: "Options"
    bool hidden = false;
    bool on_by_default = false;
};

class Options {
  public:
    /// `command` is what follows "berth", `arguments` the rest of the usage line.
    Options(std::string command, std::string arguments, std::string summary);
    Options(const Options&) = delete;
    Options& operator=(const Options&) = delete;
    ~Options();

    /// `names` is "-f,--force,--alias"; the targets must outlive parse().
    void flag(const std::string& names, bool& target, std::string help);
    void value(const std::string& names, std::string meta, std::optional<std::string>& target,
               std::string help);
    void value(const std::string& names, std::string meta, std::string& target, std::string help);
    void number(const std::string& names, std::string meta, std::optional<std::uint64_t>& target,
                std::string help);
    /// May be given more than once; every value is kept, in order.
    void list(const std::string& names, std::string meta, std::vector<std::string>& target,
              std::string help);

    /// A flag that others have and berth has not: left out of the help, and refused with a sentence
    /// that says what to use. Without `meta` it takes no value.
    void refused(const std::string& names, std::string meta, const std::string& why);
    /// The same for one whose effect berth has anyway: accepted.
    void accepted(const std::string& names);

    /// Options declared from here on stand under this title in the help.
    void group(std::string title);
    /// The option declared last is left out of the help.
    void hide();
    /// Longer text at the end of the help.
    void note(std::string text);
    /// Nothing after the first argument is a flag (run, create, exec).
    void stop_at_first_argument();
    /// How many arguments there must be; without this: none.
    void need(std::size_t least, std::size_t most = SIZE_MAX);

    /// The arguments that are no flags; empty when help was printed. Throws UsageError.
    [[nodiscard]] std::optional<std::vector<std::string>>
    parse(const std::vector<std::string>& arguments);

    [[nodiscard]] std::string help_text(unsigned columns) const;

  private:
    struct Parser;
    using Setter = std::function<void(const std::vector<std::string>&)>;
    void add(const std::string& names, std::string meta, std::string help, bool many, Setter set);
    void check_count(const std::vector<std::string>& arguments) const;
    [[nodiscard]] std::string unknown_flag(const std::string& flag) const;

    std::string command_;
    std::string arguments_;
    std::string summary_;
    std::string note_;
    std::string group_;
    std::vector<Option> list_;
    bool nothing_ = false;
    std::unique_ptr<Parser> parser_;
    std::size_t least_ = 0;
    std::size_t most_ = 0;
    bool stop_at_first_ = false;
};

/// The words nearest to a mistyped one, best first, at most three.
[[nodiscard]] std::vector<std::string> nearest(const std::string& word,
                                               const std::vector<std::string>& words);
/// Go's spelling of a truth value: 1 t T true TRUE True, 0 f F false FALSE False.
[[nodiscard]] std::optional<bool> parse_bool(const std::string& text);

} // namespace berth::cli
