// SPDX-License-Identifier: LGPL-2.1-or-later
#include "user.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <base/file.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::run {

namespace {

constexpr std::uint64_t kMaxFile = 4U << 20U;
constexpr std::uint64_t kMaxId = INT32_MAX;
constexpr std::size_t kMaxGroups = 1024;

/// A number as such: digits only. InvalidArgument when it is too large to be an id.
std::optional<std::uint32_t> parse_id(const std::string& text) {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) {
        return std::nullopt;
    }
    const auto number = base::parse_number(text, kMaxId);
    if (!number) {
        throw Error(ErrorCode::InvalidArgument,
                    "the user or group id " + text.substr(0, 40) + " is not below 2147483648");
    }
    return static_cast<std::uint32_t>(*number);
}

/// The same for a field of a file: a line with an impossible number is no entry.
std::optional<std::uint32_t> field_id(const std::string& text) {
    const auto number = base::parse_number(text, kMaxId);
    if (!number) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

void each_line(const std::string& text,
               const std::function<bool(const std::vector<std::string>&)>& visit) {
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find('\n', start), text.size());
        const auto line = std::string_view(text).substr(start, end - start);
        start = end + 1;
        if (line.empty() || line.front() == '#') continue;
        if (visit(base::split(line, ':'))) return;
    }
}

struct Account {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    std::string home;
};

/// The first entry of that name, else of that number.
std::optional<Account> find_account(const std::string& passwd, const std::string& user) {
    const auto number = parse_id(user);
    std::optional<Account> by_name;
    std::optional<Account> by_number;
    each_line(passwd, [&](const std::vector<std::string>& fields) {
        if (fields.size() < 4) return false;
        const auto uid = field_id(fields[2]);
        const auto gid = field_id(fields[3]);
        if (!uid || !gid) return false;
        const Account account{fields[0], *uid, *gid, fields.size() > 5 ? fields[5] : ""};
        if (!by_number && number == *uid) by_number = account;
        if (fields[0] == user) by_name = account;
        return by_name.has_value();
    });
    return by_name ? by_name : by_number;
}

gid_t find_group(const std::string& group_file, const std::string& group) {
    const auto number = parse_id(group);
    std::optional<gid_t> found;
    each_line(group_file, [&](const std::vector<std::string>& fields) {
        if (fields.size() < 3 || fields[0] != group) return false;
        found = field_id(fields[2]);
        return found.has_value();
    });
    if (found) return *found;
    if (number) return *number;
    throw Error(ErrorCode::NotFound, "unable to find group '" +
                                         base::printable(group.substr(0, 100)) +
                                         "': no matching entries in the image's /etc/group");
}

std::vector<gid_t> groups_of(const std::string& group_file, const std::string& name) {
    std::vector<gid_t> groups;
    each_line(group_file, [&](const std::vector<std::string>& fields) {
        if (fields.size() < 4) return false;
        const auto members = base::split(fields[3], ',');
        if (std::find(members.begin(), members.end(), name) == members.end()) return false;
        if (const auto gid = field_id(fields[2])) groups.push_back(*gid);
        return groups.size() >= kMaxGroups;
    });
    return groups;
}

void add_once(std::vector<gid_t>& groups, gid_t gid) {
    if (std::find(groups.begin(), groups.end(), gid) == groups.end()) groups.push_back(gid);
}

std::string read_account_file(const base::Dir& root, const std::string& path) {
    const auto fd = root.find_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, base::Resolve::InRoot);
    if (!fd) return {};
    struct stat status {};
    if (::fstat(fd->get(), &status) < 0) throw_errno("cannot stat '" + path + "' of the image");
    if (!S_ISREG(status.st_mode)) {
        throw Error(ErrorCode::InvalidArgument, "'" + path + "' of the image is not a file");
    }
    return base::read_all(fd->get(), kMaxFile, path);
}

std::vector<std::string> extra_groups(const spec::Bundle& bundle) {
    const auto text = bundle.annotation(spec::kAnnotationGroups);
    if (text.empty()) return {};
    const auto list = nlohmann::json::parse(text, nullptr, false);
    std::vector<std::string> groups;
    if (list.is_array()) {
        for (const auto& item : list) {
            if (item.is_string()) groups.push_back(item.get<std::string>());
        }
    }
    if (!list.is_array() || groups.size() != list.size()) {
        throw Error(ErrorCode::InvalidArgument,
                    std::string(spec::kAnnotationGroups) + " is not a list of strings");
    }
    return groups;
}

} // namespace

AccountFiles read_account_files(const base::Dir& root) {
    return {read_account_file(root, "/etc/passwd"), read_account_file(root, "/etc/group")};
}

Identity resolve_user(const AccountFiles& files, const std::string& user,
                      const std::vector<std::string>& groups) {
    const auto colon = user.find(':');
    const auto name = user.substr(0, colon);
    const auto group = colon == std::string::npos ? std::string() : user.substr(colon + 1);
    const auto wanted = name.empty() ? std::string("0") : name;
    const auto account = find_account(files.passwd, wanted);
    const auto number = parse_id(wanted);
    if (!account && !number) {
        throw Error(ErrorCode::NotFound, "unable to find user '" +
                                             base::printable(name.substr(0, 100)) +
                                             "': no matching entries in the image's /etc/passwd");
    }
    Identity identity;
    identity.uid = account ? account->uid : *number;
    identity.gid = account ? account->gid : 0;
    identity.home = account ? account->home : "";
    if (!group.empty()) identity.gid = find_group(files.group, group);
    identity.groups.push_back(identity.gid);
    if (group.empty() && account) {
        for (const gid_t gid : groups_of(files.group, account->name))
            add_once(identity.groups, gid);
    }
    for (const auto& extra : groups)
        add_once(identity.groups, find_group(files.group, extra));
    return identity;
}

Identity find_identity(const base::Dir& root, const spec::Bundle& bundle,
                       const spec::Process& process, const std::string& user) {
    const bool by_name = bundle.annotations.count(spec::kAnnotationUser) != 0 || !user.empty();
    if (by_name) {
        const auto& wanted = user.empty() ? bundle.annotation(spec::kAnnotationUser) : user;
        return resolve_user(read_account_files(root), wanted, extra_groups(bundle));
    }
    Identity identity{process.user.uid, process.user.gid, process.user.additional_gids, ""};
    if (const auto account =
            find_account(read_account_file(root, "/etc/passwd"), std::to_string(identity.uid))) {
        identity.home = account->home;
    }
    return identity;
}

} // namespace berth::run
