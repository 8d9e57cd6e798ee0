// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sources.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <unistd.h>

#include <base/hash.hpp>
#include <base/strings.hpp>
#include <base/walk.hpp>
#include <berth/error.hpp>
#include <image/cancel.hpp>
#include <image/fs_user.hpp>

namespace berth::build {

namespace {

using base::Resolve;
using dockerfile::IgnoreList;

constexpr std::size_t kMaxMatches = 100'000;
constexpr std::size_t kMaxEntries = 4'000'000;
constexpr std::string_view kWild = "*?[\\";

bool is_wild(const std::string& text) {
    return text.find_first_of(kWild) != std::string::npos;
}

[[noreturn]] void throw_too_many(const std::string& path) {
    throw Error(ErrorCode::Exhausted, quoted(path) + " has too many files");
}

std::string read_link(int dir, const std::string& name) {
    std::array<char, 4097> target{};
    const ssize_t length = ::readlinkat(dir, name.c_str(), target.data(), target.size() - 1);
    if (length < 0) throw_errno("cannot read the link " + quoted(name));
    return {target.data(), static_cast<std::size_t>(length)};
}

/// What is in a directory, without what is left out. A directory that is left out comes all the
/// same when something in it is taken back.
class Lister {
  public:
    Lister(std::string top, std::vector<const IgnoreList*> lists, std::vector<SourceEntry>& found)
        : top_(std::move(top)), lists_(std::move(lists)), found_(found) {}

    void list(int root) {
        base::walk_tree(
            root, [this](const base::WalkEntry& entry) { return enter(entry); },
            [this](const base::WalkEntry&) {
                if (!waiting_.empty()) waiting_.pop_back();
            });
    }

  private:
    bool enter(const base::WalkEntry& entry) {
        image::throw_if_cancelled();
        SourceEntry made{.path = entry.path, .status = entry.status};
        const bool is_dir = S_ISDIR(entry.status.st_mode);
        if (left_out(entry.path)) {
            if (!is_dir || !may_take_back()) return false;
            waiting_.push_back(std::move(made));
            return true;
        }
        for (auto& parent : waiting_) {
            if (!parent.path.empty()) found_.push_back(std::move(parent));
            parent.path.clear();
        }
        if (S_ISLNK(entry.status.st_mode)) made.target = read_link(entry.dir, entry.name);
        if (found_.size() >= kMaxEntries) throw_too_many(top_);
        found_.push_back(std::move(made));
        // So that leaving it takes its own place away.
        if (is_dir) waiting_.emplace_back();
        return true;
    }

    [[nodiscard]] bool left_out(const std::string& path) const {
        return lists_[0]->ignores(join_path(top_, path)) || lists_[1]->ignores(path);
    }
    [[nodiscard]] bool may_take_back() const {
        return lists_[0]->may_take_back() || lists_[1]->may_take_back();
    }

    std::string top_;
    std::vector<const IgnoreList*> lists_;
    std::vector<SourceEntry>& found_;
    std::vector<SourceEntry> waiting_; ///< one a directory that is open; empty paths: not waiting
};

void hash_content(base::Sha256& hash, const base::Fd& file) {
    std::array<char, 65536> buffer{};
    for (;;) {
        image::throw_if_cancelled();
        const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw_errno("cannot read a file of the context");
        if (got == 0) return;
        hash.update({buffer.data(), static_cast<std::size_t>(got)});
    }
}

} // namespace

std::string quoted(const std::string& path) {
    return "'/" + base::printable(path) + "'";
}

std::string join_path(const std::string& parent, const std::string& name) {
    if (parent.empty() || parent == ".") return name.empty() ? "." : name;
    return name.empty() || name == "." ? parent : parent + "/" + name;
}

std::vector<std::string> SourceTree::names_in(const std::string& path) const {
    const image::FsUser user(reader_);
    const auto dir = root_.find_file(path, O_RDONLY | O_DIRECTORY, Resolve::InRoot);
    if (!dir) return {};
    auto names = base::list_names(dir->get());
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> SourceTree::match(const std::string& pattern) const {
    std::vector<std::string> found{"."};
    const std::string clean = dockerfile::clean_relative(pattern);
    if (clean != ".") {
        for (const auto& part : base::split(clean, '/')) {
            std::vector<std::string> next;
            for (const auto& path : found) {
                if (!is_wild(part)) {
                    next.push_back(join_path(path, part));
                    continue;
                }
                for (const auto& name : names_in(path)) {
                    if (dockerfile::matches(part, name)) next.push_back(join_path(path, name));
                }
                if (next.size() > kMaxMatches) throw_too_many(pattern);
            }
            found = std::move(next);
        }
    }
    const image::FsUser user(reader_);
    std::erase_if(found, [&](const std::string& path) {
        const bool hidden = path != "." && ignored_.ignores(path) && !ignored_.may_take_back();
        return hidden || !root_.stat(path, Resolve::InRoot);
    });
    if (found.empty()) {
        throw Error(ErrorCode::NotFound,
                    quoted(clean) + ": not found; it is not there, or .dockerignore leaves it out");
    }
    return found;
}

std::vector<SourceEntry> SourceTree::list(const std::string& path,
                                          const IgnoreList& excluded) const {
    const image::FsUser user(reader_);
    const base::Fd top = root_.open_file(path, O_PATH, 0, Resolve::InRoot);
    std::vector<SourceEntry> found(1);
    if (::fstat(top.get(), &found[0].status) < 0) throw_errno("cannot look at " + quoted(path));
    if (!S_ISDIR(found[0].status.st_mode)) return found;
    const base::Dir dir = root_.open_dir(path, Resolve::InRoot);
    Lister(path, {&ignored_, &excluded}, found).list(dir.fd());
    return found;
}

base::Fd SourceTree::open(const std::string& path) const {
    const image::FsUser user(reader_);
    base::Fd file = root_.open_file(path, O_RDONLY | O_NONBLOCK, 0, Resolve::InRoot);
    struct stat status {};
    if (::fstat(file.get(), &status) < 0 || !S_ISREG(status.st_mode)) {
        throw Error(ErrorCode::Busy, quoted(path) + " has changed while it was read");
    }
    return file;
}

std::string digest_of(const SourceTree& tree, const std::string& path,
                      const std::vector<SourceEntry>& entries, bool with_owners) {
    base::Sha256 hash;
    for (const auto& entry : entries) {
        const auto& status = entry.status;
        std::string head =
            entry.path + '\0' + std::to_string(status.st_mode) + '\0' + entry.target + '\0';
        if (with_owners) {
            head += std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid) + '\0';
        }
        if (S_ISREG(status.st_mode)) head += std::to_string(status.st_size) + '\0';
        hash.update(head);
        if (S_ISREG(status.st_mode)) hash_content(hash, tree.open(join_path(path, entry.path)));
    }
    return hash.finish().str();
}

} // namespace berth::build
