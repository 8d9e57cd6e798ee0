// SPDX-License-Identifier: LGPL-2.1-or-later
// A Dockerfile as a tree: what parse() makes and everything else reads. Pure data.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <berth/error.hpp>

namespace berth::dockerfile {

/// `<<NAME` and the lines up to NAME.
struct Heredoc {
    std::string name;
    std::string content;
    bool expand = true; ///< false: the name is quoted, the content is taken as it is
    bool chomp = false; ///< `<<-`: leading tabs are taken away
    unsigned fd = 0;    ///< the number before `<<`
};

/// One instruction.
struct Node {
    std::string name; ///< as written: "run"
    std::string line; ///< the whole instruction, continuation lines joined
    std::vector<std::string> flags{};
    std::vector<std::string> args{}; ///< ENV and LABEL: name, value and "=" or "", in threes
    bool json = false;               ///< args were a JSON list
    std::vector<Heredoc> heredocs{};
    std::unique_ptr<Node> sub{}; ///< of ONBUILD
    unsigned first_line = 0;     ///< counted from 1
    unsigned last_line = 0;
};

struct Tree {
    std::vector<Node> nodes;
    char escape = '\\';
};

/// InvalidArgument, with the place: "Dockerfile:3: ENV must have two arguments" and the line below.
class SyntaxError : public Error {
  public:
    SyntaxError(const std::string& what, unsigned line, const std::string& text = "")
        : Error(ErrorCode::InvalidArgument, what), line_(line), text_(text) {}
    [[nodiscard]] unsigned line() const noexcept { return line_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// For people: file, line, what is wrong, and the line itself.
    [[nodiscard]] std::string describe(const std::string& file) const;

  private:
    unsigned line_;
    std::string text_;
};

} // namespace berth::dockerfile
