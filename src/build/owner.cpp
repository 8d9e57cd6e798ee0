// SPDX-License-Identifier: LGPL-2.1-or-later
#include "owner.hpp"

#include <vector>

#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::build {

namespace {

constexpr std::uint64_t kMaxFile = 16U << 20U;
constexpr std::uint64_t kMaxId = UINT32_MAX - 1;

using Fields = std::vector<std::string>;

/// The line of /etc/passwd or /etc/group that a name has; ids are fields 2 and 3.
std::optional<Fields> find_line(const base::Dir& root, const char* file, const std::string& name,
                                std::size_t fields) {
    std::string text;
    try {
        text = root.read(file, kMaxFile, base::Resolve::InRoot);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return std::nullopt;
    }
    for (const auto& line : base::split(text, '\n')) {
        auto parts = base::split(line, ':');
        if (parts.size() >= fields && parts[0] == name) return parts;
    }
    return std::nullopt;
}

std::uint32_t id_of(const Fields& fields, std::size_t at, const std::string& name) {
    if (const auto id = base::parse_number(fields[at], kMaxId)) {
        return static_cast<std::uint32_t>(*id);
    }
    throw Error(ErrorCode::Corrupt,
                "the image's entry for '" + base::printable(name) + "' has no number");
}

[[noreturn]] void throw_unknown(const char* what, const std::string& name) {
    throw Error(ErrorCode::NotFound, std::string("the image has no ") + what + " '" +
                                         base::printable(name) +
                                         "'; give a number, or add it "
                                         "before");
}

} // namespace

Owner resolve_owner(const base::Dir& root, const std::string& text) {
    const std::size_t colon = text.find(':');
    const std::string user = text.substr(0, colon);
    Owner owner;
    if (const auto number = base::parse_number(user, kMaxId)) {
        owner = {static_cast<uid_t>(*number), static_cast<gid_t>(*number)};
    } else {
        const auto line = find_line(root, "etc/passwd", user, 4);
        if (!line) throw_unknown("user", user);
        owner = {id_of(*line, 2, user), id_of(*line, 3, user)};
    }
    if (colon == std::string::npos) return owner;
    const std::string group = text.substr(colon + 1);
    if (const auto number = base::parse_number(group, kMaxId)) {
        owner.gid = static_cast<gid_t>(*number);
    } else {
        const auto line = find_line(root, "etc/group", group, 3);
        if (!line) throw_unknown("group", group);
        owner.gid = id_of(*line, 2, group);
    }
    return owner;
}

mode_t parse_mode(const std::string& text) {
    const bool octal = !text.empty() && text.size() <= 5 &&
                       text.find_first_not_of("01234567") == std::string::npos;
    const unsigned long mode = octal ? std::stoul(text, nullptr, 8) : 010000;
    if (mode > 07777) {
        throw Error(ErrorCode::InvalidArgument, "'" + base::printable(text) +
                                                    "' is no mode; expected octal digits such as "
                                                    "0755");
    }
    return static_cast<mode_t>(mode);
}

} // namespace berth::build
