// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tar.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <base/fd.hpp>
#include <base/handle.hpp>
#include <base/strings.hpp>
#include <berth/error.hpp>

namespace berth::cli {
namespace {

constexpr std::size_t kBlock = 65536;

using Reader = base::Handle<archive, archive_read_free>;
using Writer = base::Handle<archive, archive_write_free>;
using Entry = base::Handle<archive_entry, archive_entry_free>;
using Links = base::Handle<archive_entry_linkresolver, archive_entry_linkresolver_free>;

[[noreturn]] void fail(const std::string& what, archive* from) {
    const char* why = archive_error_string(from);
    throw Error(code_from_errno(archive_errno(from)),
                what + ": " + base::printable(why != nullptr ? why : "unknown error"));
}

void check(int result, const std::string& what, archive* from) {
    if (result < ARCHIVE_WARN) fail(what, from);
}

void copy_data(archive* from, archive* to, const std::string& name) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    for (;;) {
        const int result = archive_read_data_block(from, &block, &size, &offset);
        if (result == ARCHIVE_EOF) return;
        check(result, "cannot read '" + name + "'", from);
        if (archive_write_data_block(to, block, size, offset) < ARCHIVE_WARN)
            fail("cannot write '" + name + "'", to);
    }
}

// A tar writer takes data in order: holes of sparse files are written as zeros.
void write_data(archive* from, archive* to, const std::string& name) {
    static const std::string zeros(kBlock, '\0');
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    la_int64_t written = 0;
    const auto put = [&](const void* data, std::size_t length) {
        if (archive_write_data(to, data, length) < 0) fail("cannot write the archive", to);
        written += static_cast<la_int64_t>(length);
    };
    for (;;) {
        const int result = archive_read_data_block(from, &block, &size, &offset);
        if (result == ARCHIVE_EOF) return;
        check(result, "cannot read '" + name + "'", from);
        while (written < offset)
            put(zeros.data(), std::min(zeros.size(), static_cast<std::size_t>(offset - written)));
        put(block, size);
    }
}

// "SOURCE/a/b" as "NAME/a/b".
std::string renamed(const std::string& found, const std::string& source, const std::string& name) {
    std::string rest = found.size() > source.size() ? found.substr(source.size()) : "";
    while (rest.starts_with('/'))
        rest.erase(0, 1);
    return rest.empty() ? name : name + "/" + rest;
}

class Packer {
  public:
    Packer(std::string source, std::string name, PackChoice choice, int fd)
        : source_(std::move(source)), name_(std::move(name)), choice_(choice),
          disk_(archive_read_disk_new()), tar_(archive_write_new()),
          links_(archive_entry_linkresolver_new()) {
        if (choice.follow_link)
            archive_read_disk_set_symlink_hybrid(disk_.get());
        else
            archive_read_disk_set_symlink_physical(disk_.get());
        archive_read_disk_set_behavior(disk_.get(), ARCHIVE_READDISK_NO_ACL |
                                                        ARCHIVE_READDISK_NO_FFLAGS |
                                                        ARCHIVE_READDISK_NO_XATTR);
        archive_write_set_format_pax_restricted(tar_.get());
        archive_entry_linkresolver_set_strategy(links_.get(), archive_format(tar_.get()));
        check(archive_write_open_fd(tar_.get(), fd), "cannot write the archive", tar_.get());
    }

    void run() {
        check(archive_read_disk_open(disk_.get(), source_.c_str()),
              "cannot open '" + base::printable(source_) + "'", disk_.get());
        for (;;) {
            Entry entry(archive_entry_new());
            const int result = archive_read_next_header2(disk_.get(), entry.get());
            if (result == ARCHIVE_EOF) break;
            check(result, "cannot read '" + base::printable(source_) + "'", disk_.get());
            archive_read_disk_descend(disk_.get());
            add(std::move(entry));
        }
        check(archive_write_close(tar_.get()), "cannot write the archive", tar_.get());
    }

  private:
    void add(Entry entry) {
        const std::string found = archive_entry_pathname(entry.get());
        if (archive_entry_filetype(entry.get()) == AE_IFSOCK) return; // tar has none
        archive_entry_set_pathname(entry.get(), renamed(found, source_, name_).c_str());
        if (!choice_.keep_owners) {
            archive_entry_set_uid(entry.get(), 0);
            archive_entry_set_gid(entry.get(), 0);
        }
        archive_entry_set_uname(entry.get(), nullptr);
        archive_entry_set_gname(entry.get(), nullptr);
        archive_entry* linked = entry.release();
        archive_entry* deferred = nullptr;
        archive_entry_linkify(links_.get(), &linked, &deferred);
        entry.reset(linked);
        const Entry second(deferred); // of other formats only
        check(archive_write_header(tar_.get(), entry.get()), "cannot write the archive",
              tar_.get());
        if (archive_entry_size(entry.get()) > 0)
            write_data(disk_.get(), tar_.get(), base::printable(found));
    }

    std::string source_;
    std::string name_;
    PackChoice choice_;
    Reader disk_;
    Writer tar_;
    Links links_;
};

Reader open_tar(int fd) {
    Reader tar(archive_read_new());
    archive_read_support_format_tar(tar.get());
    archive_read_support_format_empty(tar.get());
    check(archive_read_open_fd(tar.get(), fd, kBlock), "cannot read the archive", tar.get());
    return tar;
}

std::string cleaned(std::string name) {
    while (name.starts_with("./"))
        name.erase(0, 2);
    while (name.starts_with('/'))
        name.erase(0, 1);
    while (name.ends_with('/'))
        name.pop_back();
    return name.empty() ? "." : name;
}

// Goes back to the working directory of before.
class KeptDirectory {
  public:
    KeptDirectory() : before_(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) {}
    KeptDirectory(const KeptDirectory&) = delete;
    KeptDirectory& operator=(const KeptDirectory&) = delete;
    ~KeptDirectory() {
        if (::fchdir(before_.get()) != 0)
            std::fputs("berth: cannot go back to the working directory\n", stderr);
    }

  private:
    base::Fd before_;
};

class Unpacker {
  public:
    Unpacker(int fd, UnpackChoice choice)
        : choice_(choice), tar_(open_tar(fd)), disk_(archive_write_disk_new()) {
        int flags = ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
                    ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS |
                    ARCHIVE_EXTRACT_UNLINK;
        if (choice.keep_owners) flags |= ARCHIVE_EXTRACT_OWNER;
        archive_write_disk_set_options(disk_.get(), flags);
    }

    void run(const std::function<CopyPlan(bool)>& plan) {
        const KeptDirectory kept;
        archive_entry* entry = nullptr;
        bool first = true;
        while (next(entry)) {
            if (first) {
                contents_ = cleaned(archive_entry_pathname(entry)) == ".";
                enter(plan(archive_entry_filetype(entry) == AE_IFDIR));
            }
            first = false;
            extract(entry);
        }
        if (first) throw Error(ErrorCode::Corrupt, "the archive is empty");
        // Modes and times of directories are set here.
        check(archive_write_close(disk_.get()), "cannot finish unpacking", disk_.get());
    }

  private:
    bool next(archive_entry*& entry) {
        const int result = archive_read_next_header(tar_.get(), &entry);
        if (result == ARCHIVE_EOF) return false;
        check(result, "cannot read the archive", tar_.get());
        return true;
    }

    // libarchive checks names for links from the working directory on.
    void enter(const CopyPlan& plan) {
        name_ = plan.name;
        if (::chdir(plan.directory.c_str()) != 0)
            throw_errno("cannot enter '" + base::printable(plan.directory) + "'");
    }

    // The planned name takes the place of the topmost one, which "." does not show.
    [[nodiscard]] std::string target_of(const std::string& entry) const {
        std::string rest = cleaned(entry);
        if (!contents_) {
            const std::size_t slash = rest.find('/');
            rest = slash == std::string::npos ? "." : rest.substr(slash + 1);
        }
        if (rest == ".") return name_;
        return name_ == "." ? rest : name_ + "/" + rest;
    }

    void extract(archive_entry* entry) {
        const std::string name = archive_entry_pathname(entry);
        const auto kind = archive_entry_filetype(entry);
        if ((kind == AE_IFCHR || kind == AE_IFBLK) && !choice_.keep_owners) {
            std::fprintf(stderr, "berth: left out the device '%s' (-a copies devices)\n",
                         base::printable(name).c_str());
            return;
        }
        const std::string target = target_of(name);
        if (target == "." && kind == AE_IFDIR) return; // it is there and the user's own
        archive_entry_set_pathname(entry, target.c_str());
        if (const char* link = archive_entry_hardlink(entry))
            archive_entry_set_hardlink(entry, target_of(link).c_str());
        if (!choice_.keep_owners) archive_entry_set_perm(entry, archive_entry_perm(entry) & 01777);
        check(archive_write_header(disk_.get(), entry),
              "cannot create '" + base::printable(target) + "'", disk_.get());
        if (archive_entry_size(entry) > 0)
            copy_data(tar_.get(), disk_.get(), base::printable(name));
        check(archive_write_finish_entry(disk_.get()),
              "cannot write '" + base::printable(target) + "'", disk_.get());
    }

    UnpackChoice choice_;
    Reader tar_;
    Writer disk_;
    std::string name_;
    bool contents_ = false; ///< the topmost entry is "."
};

} // namespace

void pack(const std::string& path, const std::string& name, PackChoice choice, int fd) {
    Packer(path, name, choice, fd).run();
}

void unpack(int fd, const std::function<CopyPlan(bool)>& plan, UnpackChoice choice) {
    Unpacker(fd, choice).run(plan);
}

} // namespace berth::cli
